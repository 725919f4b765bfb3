-- What the clerk remarks beside a number (ghi chú).
ALTER TABLE register_number ADD COLUMN note TEXT NOT NULL DEFAULT '';
