# Signing with the desktop program of the Government's authority.
desktop = Sign with VGCA Sign Service on this machine
desktop-how = The Government's signing program fetches the document itself, asks you for the place and the PIN, and sends the signed file back. Put the signature where you are to sign.
desktop-start = Sign with VGCA Sign Service
desktop-no-script = Signing with VGCA Sign Service needs JavaScript in the browser.
desktop-say-connecting = Looking for VGCA Sign Service on this machine…
desktop-say-absent = VGCA Sign Service was not found. Start it on this machine and try again, or take the file away as below.
desktop-say-waiting = Sign in the window of VGCA Sign Service. This page notices by itself when the signed file has arrived.
desktop-say-told = VGCA Sign Service says it did not sign: {"{"}why{"}"} The document still waits for you.
desktop-say-refused = The office did not take it: {"{"}why{"}"} The document still waits for you.
desktop-say-over = The time for this try is over. Start again.
desktop-say-accepted = The signed file has arrived.
desktop-unknown-address = This is not an address to send files to. Open the document's page again and sign anew.
signature-fault-forged-address = A file came with a forged address, not the one given out for this signature.
signature-fault-expired-address = A file came after its address had expired or had been replaced. Open the page again and sign anew.
signature-fault-replayed-address = This signature was done already; its address was used again for another file, which was not taken.
