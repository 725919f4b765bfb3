# Sentences an office writes again and again.
phrases = Standard sentences
phrases-what = Sentences that minutes often need. Secretaries put them in at the cursor while writing.
phrases-none = No standard sentences yet
phrases-keep = Edit the list of sentences
phrase-new = Add a sentence
phrase-title = Short name
phrase-text = Sentence
phrase-gaps = Gaps that fill themselves: { $gaps }
phrase-add = Add
phrase-remove = Remove this sentence
phrase-unusable = A sentence needs a name and a text of at most 2,000 characters.
phrase-taken = There is a sentence of that name already, or the list holds 200.
act-phrase-added = Add a standard sentence
act-phrase-removed = Remove a standard sentence
subject-phrase = Standard sentence
