# Reading without a network, and what a device keeps.
offline-title = No network
offline-what-works = Papers kept on this device can still be read and written on; notes are sent when the network is back. Checking in, voting and signing need the network.
offline-kept = Kept on this device
offline-kept-none = No paper is kept on this device yet.
offline-again = Try again
offline-banner = No network. Papers kept here and your notes still work; checking in, voting and signing need the network.
offline-back = The network is back
offline-keep = Keep on this device
offline-keeping = Keeping {"{"}n{"}"} of {"{"}all{"}"} pages
offline-kept-all = Kept on this device
offline-keep-failed = Not all could be kept; it goes on when you open it again
offline-drop = Take off this device
offline-unsent = Some notes, texts or a secret ballot have not reached the server. Wait for the network and send them; to sign out and lose them, press Sign out again.
offline-wiped = What this device kept was removed, as your office or you asked.
person-wipe = Wipe devices
