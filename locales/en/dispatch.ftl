# Documents between organisations: answers, how far a receiver has come.
outgoing-answers = Answers
outgoing-answered-with = Answered with
dispatch-assigned = Assigned
dispatch-processing = Being worked on
dispatch-completed = Done
incoming-answer-do = Draft an answer
incoming-answer-what = When the answer is issued, this incoming document is done.
incoming-answers = Answers
incoming-is-answer-to = Answers our document
act-incoming-answered = Incoming document answered
outgoing-replace = Draft a replacement
outgoing-correct = Draft a correction
