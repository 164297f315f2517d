/** The English texts of safety codes, which load with the connection details. */
export const safety = {
  lang: 'en',
  title: 'Safety code',
  text: 'If both of you see the same, nobody is listening in between. Compare it aloud or by another app.',
  digits: 'As digits',
  known: 'Known: the same key as in an earlier call',
  changed:
    'Another key than before: they use a new browser or device, or somebody is in between. Compare the code.',
  same: 'The codes match',
};
