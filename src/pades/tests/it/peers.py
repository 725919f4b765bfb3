"""Says of each PDF named on standard input whether pyHanko finds its first signature good and unharmed."""

import logging
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
context = ValidationContext(trust_roots=[], allow_fetching=False)
for path in sys.stdin.read().split():
    try:
        with open(path, "rb") as file:
            reader = PdfFileReader(file, strict=False)
            if reader.encrypted:
                reader.decrypt("")
            signature = reader.embedded_regular_signatures[0]
            status = validate_pdf_signature(signature, context)
            covered = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
            good = status.intact and status.valid and covered and status.docmdp_ok
            words = [status.modification_level, status.diff_result if not good else ""]
            print("accepts" if good else "refuses", " ".join(" ".join(map(str, words)).split())[:200])
    except Exception as error:
        print("refuses", type(error).__name__, str(error).replace("\n", " ")[:100])
