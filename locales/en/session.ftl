# The course of a session: its states, presence, who runs it.
meeting-paused = At rest
meeting-adjourned = Adjourned
attendance-online = Online
session-not-announced = The invitations have not been sent, so the meeting cannot begin.
session-not-begun = The meeting has not begun.
session-under-way = The meeting is under way. Someone else may have pressed before you; look at the screen again.
session-paused-already = The meeting is at rest. Someone else may have pressed before you; look at the screen again.
session-adjourned-already = The meeting is adjourned. Someone else may have pressed before you; look at the screen again.
session-over = The meeting is over.
session-cancelled = The meeting was called off.
session-open-votes = A vote is open. Close it first.
session-adjourn-time = The meeting must go on later than now.
next-resume = The meeting stands still
meeting-resume = Go on
