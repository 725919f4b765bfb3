//! Types of ours as columns, on both databases.

/// Makes a type a column: `column!(VoteId as Uuid);`.
///
/// The type must turn into the column's type (`From`) and back (`TryFrom`).
#[macro_export]
macro_rules! column {
    ($name:ty as $column:ty) => {
        impl<D: sqlx::Database> sqlx::Type<D> for $name
        where
            $column: sqlx::Type<D>,
        {
            fn type_info() -> D::TypeInfo {
                <$column as sqlx::Type<D>>::type_info()
            }

            fn compatible(info: &D::TypeInfo) -> bool {
                <$column as sqlx::Type<D>>::compatible(info)
            }
        }

        impl<'q, D: sqlx::Database> sqlx::Encode<'q, D> for $name
        where
            $column: sqlx::Encode<'q, D>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut D::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <$column as sqlx::Encode<'q, D>>::encode(<$column>::from(*self), buffer)
            }
        }

        impl<'r, D: sqlx::Database> sqlx::Decode<'r, D> for $name
        where
            $column: sqlx::Decode<'r, D>,
        {
            fn decode(value: D::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let value = <$column as sqlx::Decode<'r, D>>::decode(value)?;
                Ok(<$name>::try_from(value)?)
            }
        }
    };
}

column!(crate::clock::Timestamp as i64);
