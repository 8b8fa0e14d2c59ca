export default {
  'history.open': '{what}: history',
  'history.title': '{what}: history',
  'history.now': 'Now',
  'history.lost': 'Not used',
  'history.here': 'this laptop',
  'history.elsewhere': 'another laptop',
  'history.first': 'When taken in'
} as const;
