export default {
  'history.open': 'History of {what}',
  'history.title': 'History of {what}',
  'history.now': 'Now',
  'history.lost': 'Not used',
  'history.here': 'this laptop',
  'history.elsewhere': 'another laptop',
  'history.first': 'When taken in'
} as const;
