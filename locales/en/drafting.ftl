# Drafts written in a form.
outgoing-write = No file: write the words, the system lays them out by decree 30
outgoing-write-too-long = Each field has at most 100,000 characters.
outgoing-not-laid-out = These words could not be laid out; the fault was noted. They are still in the field below.
outgoing-choose-again = The file has to be chosen again.
outgoing-write-addressees = Addressed to (if anybody)
outgoing-write-issuer = Who decides (decisions, resolutions)
outgoing-write-issuer-hint = For example: Chủ tịch Ủy ban nhân dân phường An Hải. It stands above what the document rests on.
outgoing-write-bases = It rests on (if on anything)
outgoing-write-bases-hint = One a line; the system adds the semicolons.
outgoing-write-body = Words
outgoing-write-body-hint = One paragraph a line. A line such as “Điều 1. …”, “I. …” or “QUYẾT ĐỊNH:” without a stop is printed bold, as a heading.
outgoing-write-authority = Authority and office as printed
outgoing-write-authority-hint = For example TM. ỦY BAN NHÂN DÂN, and CHỦ TỊCH in the next line.
