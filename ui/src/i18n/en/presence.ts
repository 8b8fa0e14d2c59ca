export default {
  'presence.looking': '{who} {n|is|are} here',
  'presence.editing': '{who} {n|is|are} editing',
  'presence.two': '{first} and {second}',
  'presence.several': '{first} and {n} {n|other|others}'
} as const;
