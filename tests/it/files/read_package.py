"""Reads an exported file, or the metadata of one document, with Python's own ZIP and XML readers.

Prints, as JSON: the names in the package in their order, the fields of the
file and of each document, and the SHA-256 of every enclosed file as it is in
the package beside the one the metadata name.
"""

import hashlib
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

SPACE = "{urn:ecabinet:ho-so:1}"


def fields(element):
    """Leaves as text, groups as objects, repeated ones as lists."""
    found = {}
    for child in element:
        name = child.tag.removeprefix(SPACE)
        value = fields(child) if len(child) else (child.text or "")
        if name in found:
            found[name] = (found[name] if isinstance(found[name], list) else [found[name]]) + [value]
        else:
            found[name] = value
    return found


def described(document, package):
    """The fields of a document, their order, and its files beside what is in the package."""
    enclosed = []
    for path in document.find(f"{SPACE}Enclosed"):
        found = hashlib.sha256(package.read(path.text)).hexdigest() if package else None
        enclosed.append({"name": path.text, "said": path.get("sha256"), "is": found})
    document.remove(document.find(f"{SPACE}Enclosed"))
    kind = document.tag.removeprefix(SPACE)
    order = [child.tag.removeprefix(SPACE) for child in document]
    return fields(document) | {"kind": kind, "enclosed": enclosed, "order": order}


if sys.argv[1].endswith(".xml"):
    json.dump(described(ElementTree.parse(sys.argv[1]).getroot(), None), sys.stdout)
else:
    with zipfile.ZipFile(sys.argv[1]) as package:
        assert package.testzip() is None
        root = ElementTree.fromstring(package.read("ho-so.xml"))
        documents = [described(document, package) for document in root.find(f"{SPACE}Documents")]
        found = {"names": package.namelist(), "file": fields(root.find(f"{SPACE}File")), "documents": documents}
        json.dump(found, sys.stdout)
