export default {
  'history.open': '看{what}的历史',
  'history.title': '{what}的历史',
  'history.now': '现在',
  'history.lost': '没用上',
  'history.here': '这台电脑',
  'history.elsewhere': '另一台电脑',
  'history.first': '收进来时'
} as const;
