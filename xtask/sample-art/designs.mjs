// The devices of the sample stall, as art.mjs draws them: c colour, fr frame, cam camera layout, notch, wall lock screen
// picture, flaws in the drawing's own units (76 x 156).
const NIGHT = ['#2b4a5e', '#d9a273', '#efe3cf']
const DUSK = ['#4a3358', '#e08f78', '#f4e6dc']
const SEA = ['#1f5a66', '#8fd0c3', '#eaf6f0']
const SAND = ['#b98d5e', '#f0dcb4', '#fff7e6']
const INK = ['#22262c', '#5f7386', '#e6e9ec']
const LEAF = ['#35543d', '#c4cf7e', '#f0f3dc']
const apple = (id, model, storage, colour, draw) => ({ id, category: 'phone', brand: 'Apple', model, storage, colour, ...draw })
const phone = (brand, id, model, storage, colour, draw) => ({
  id, category: 'phone', brand, model, storage, colour, notch: 'hole', mark: 'strip', ...draw,
})
const MORE = ['back', 'front', 'left', 'right', 'bottom', 'imei', 'battery']

export const designs = [
  apple('ip11-white', 'iPhone 11', ['64GB', '128GB'], '白色', { c: '#f0efeb', fr: '#c9cbcd', cam: 'diag', notch: 'notch', wall: SEA, bg: 'wood', rot: -2,
    flaws: [{ x: 20, y: 104, t: 'scratch', l: 17, a: 24 }] }),
  apple('ip12-blue', 'iPhone 12', ['64GB', '128GB', '256GB'], '蓝色', { c: '#1f4a70', fr: '#2c5a82', cam: 'vert', notch: 'notch', wall: NIGHT, bg: 'paper', rot: 3 }),
  apple('ip12pm-gold', 'iPhone 12 Pro Max', ['128GB', '256GB', '512GB'], '金色', { c: '#e9d7bd', fr: '#d2b88d', cam: 'pro', notch: 'notch', wall: SAND, bg: 'mat', rot: -3,
    flaws: [{ x: 72, y: 112, t: 'dent' }] }),
  apple('ip13-midnight', 'iPhone 13', ['128GB', '256GB'], '午夜色', { c: '#232a33', fr: '#333b45', cam: 'diag', notch: 'notch', wall: INK, bg: 'linen', rot: 2 }),
  apple('ip13pm-sierra', 'iPhone 13 Pro Max', ['128GB', '256GB', '512GB'], '远峰蓝色', { c: '#a5bccf', fr: '#b9cad8', cam: 'pro', notch: 'notch', wall: NIGHT, bg: 'paper', rot: -2, views: MORE,
    flaws: [{ x: 30, y: 118, t: 'scratch', l: 13, a: 38 }] }),
  apple('ip14-purple', 'iPhone 14', ['128GB', '256GB'], '紫色', { c: '#d8cfe0', fr: '#c6bbd2', cam: 'diag', notch: 'notch', wall: DUSK, bg: 'grey', rot: 4 }),
  apple('ip14p-deeppurple', 'iPhone 14 Pro', ['128GB', '256GB', '512GB'], '暗紫色', { c: '#51465c', fr: '#64586e', cam: 'pro', wall: DUSK, bg: 'wood', rot: -4, bat: 87,
    flaws: [{ x: 3.5, y: 46, t: 'dent' }] }),
  apple('ip15-pink', 'iPhone 15', ['128GB', '256GB'], '粉色', { c: '#f1d6d6', fr: '#e2bfc0', cam: 'diag', wall: SAND, bg: 'linen', rot: 2 }),
  apple('ip15p-natural', 'iPhone 15 Pro', ['128GB', '256GB', '512GB'], '原色钛金属', { c: '#9d968b', fr: '#aaa398', cam: 'pro', wall: NIGHT, bg: 'paper', rot: 0, bat: 89, views: MORE,
    flaws: [{ x: 72.5, y: 117, t: 'dent' }, { x: 24, y: 96, t: 'scratch', l: 15, a: 26 }] }),
  apple('ip15pm-bluetitan', 'iPhone 15 Pro Max', ['256GB', '512GB', '1TB'], '蓝色钛金属', { c: '#434a58', fr: '#565e6c', cam: 'pro', wall: INK, bg: 'mat', rot: -3 }),
  apple('ip16-teal', 'iPhone 16', ['128GB', '256GB'], '深青色', { c: '#a9cfc9', fr: '#8fbab3', cam: 'vert', wall: SEA, bg: 'paper', rot: 3 }),
  apple('ip16pm-desert', 'iPhone 16 Pro Max', ['256GB', '512GB', '1TB'], '沙漠色钛金属', { c: '#cdb49a', fr: '#bea488', cam: 'pro', wall: SAND, bg: 'dark', rot: -2, bat: 96 }),
  phone('华为', 'mate60p-yachuan', 'Mate 60 Pro', ['256GB', '512GB', '1TB'], '雅川青', { c: '#7d9a8c', fr: '#93aea2', cam: 'ring', wall: LEAF, bg: 'linen', rot: 2,
    flaws: [{ x: 26, y: 108, t: 'scratch', l: 16, a: 18 }] }),
  phone('华为', 'p60p-luoke', 'P60 Pro', ['256GB', '512GB'], '洛可可白', { c: '#ece6df', fr: '#cfc6ba', cam: 'oval', wall: SAND, bg: 'blue', rot: -3 }),
  phone('小米', 'mi14-rock', '小米 14', ['256GB', '512GB'], '岩石青', { c: '#a9b7a8', fr: '#98a797', cam: 'sq', wall: LEAF, bg: 'wood', rot: 3 }),
  phone('小米', 'mi13u-black', '小米 13 Ultra', ['256GB', '512GB'], '黑色', { c: '#26282a', fr: '#3a3c3e', cam: 'ring', wall: INK, bg: 'paper', rot: -2 }),
  phone('Redmi', 'k70-snow', 'Redmi K70', ['256GB', '512GB'], '晴雪', { c: '#e9edf0', fr: '#c4cad0', cam: 'sq', wall: SEA, bg: 'mat', rot: 2,
    flaws: [{ x: 70, y: 146, t: 'dent' }] }),
  phone('OPPO', 'findx7-blue', 'Find X7', ['256GB', '512GB'], '海阔天空', { c: '#5d86b3', fr: '#86a4c4', cam: 'ring', wall: NIGHT, bg: 'grey', rot: -4 }),
  phone('vivo', 'x100-sunset', 'X100', ['256GB', '512GB'], '落日橙', { c: '#d98b5f', fr: '#c97f58', cam: 'ring', wall: DUSK, bg: 'linen', rot: 3 }),
  phone('三星', 's24u-grey', 'Galaxy S24 Ultra', ['256GB', '512GB'], '钛灰', { c: '#8b8a87', fr: '#9a9996', cam: 'bars', wall: INK, bg: 'wood', rot: -2,
    flaws: [{ x: 22, y: 100, t: 'scratch', l: 18, a: 40 }] }),
  { id: 'watch-s9', category: 'watch', brand: 'Apple', model: 'Apple Watch Series 9', storage: ['41mm', '45mm'], colour: '午夜色', kind: 'watch', c: '#2b3038', band: '#2a3038', bg: 'linen', rot: 6, views: ['front'] },
  { id: 'ipad-air5', category: 'tablet', brand: 'Apple', model: 'iPad Air 5', storage: ['64GB', '256GB'], colour: '蓝色', kind: 'tablet', c: '#9db4c6', bg: 'paper', rot: -3, views: ['back', 'front'] },
  { id: 'mba-m2', category: 'laptop', brand: 'Apple', model: 'MacBook Air M2', storage: ['256GB', '512GB'], colour: '星光色', kind: 'laptop', c: '#d9d2c3', bg: 'wood', views: ['front'] },
  { id: 'xt30-silver', category: 'camera', brand: '富士', model: 'X-T30 II', storage: ['机身'], colour: '银色', kind: 'camera', c: '#c7c6c1', bg: 'grey', views: ['front'] },
]
