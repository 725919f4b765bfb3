# The report of a verdict.
report-signature = Signature { $number }: { $name }
report-stamp = Timestamp { $number }: { $name }
report-finding = Finding
report-size = Size (bytes)
report-revisions = Times saved
report-software = Software
report-at = Judged as of
report-policy = Policy
report-policy-text = ETSI EN 319 102-1; certificates are not asked about revocation
report-trust = Trust list (SHA-256)
report-test = TEST CERTIFICATE – WITHOUT LEGAL VALUE
report-signer = E-cabinet system (test key)
report-reason = Report on the check of signatures
report-sealed = This report is signed with the key of the system that made it; the findings are attached as JSON and XML.
report-unsealed = This report is not signed: no key is set on this system. The findings are attached as JSON and XML.
report-again = Whoever has the file can check it again: on the page for checking signatures, or with “ecabinet verify”, and compare with this report.
