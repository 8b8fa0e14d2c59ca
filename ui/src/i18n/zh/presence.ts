export default {
  'presence.looking': '{who} 在看',
  'presence.editing': '{who} 正在改',
  'presence.two': '{first}、{second}',
  'presence.several': '{first} 和另外 {n} 人'
} as const;
