# Which ways of signing are open to whom.
policy = Ways of signing by role
policy-hint = Untick a way to close it. A closed way is not offered, and what comes by it is not accepted.
policy-save = Save
policy-no-way-left = Each role needs at least one way of signing. Nothing was saved.
signer-role-leader = Leaders
signer-role-leader-hint = The chair, and whoever signs official documents, invitations and notices.
signer-role-secretary = Secretaries
signer-role-secretary-hint = Sign minutes and invitations as secretary.
signer-role-member = Members
signer-role-member-hint = Sign their own opinion slips and ballots.
signer-role-clerk = Clerk
signer-role-clerk-hint = The organisation's signature (the seal).
way-kept-key = Test key that the system keeps
way-brought-back = Take the file away, sign it with another program, bring it back
way-token = USB token through E-cabinet agent
way-desktop = VGCA Sign Service on the signer's machine
way-module = Key device (HSM) of the server
way-seal-file = Key file of the seal, opened by a PIN
sign-way-closed = The office does not let your role sign in this way. Choose another on the signing page.
outgoing-way-closed = The office does not let the seal be used in this way. Ask the system administrator.
act-ways-set = Changed who may sign in which way

# The trusted time of the seal.
outgoing-seal-time-awaited = The organisation's signature has no trusted time yet. The timestamp authority has not answered; it is asked again, and the time is added by itself.
outgoing-seal-time-none = The organisation's signature has no trusted time: no timestamp authority is set.
act-attachment-stamped = Added a trusted time to an attachment
