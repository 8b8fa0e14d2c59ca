import { describe, expect, it } from 'vitest';
import { flawIn, tradeWords } from './trade';

const value = (zh: string, en: string, badge_zh = '', badge_en = '') => ({
  ...{ value: en, zh, en, severity: 1, blocks_sale: false, badge_zh, badge_en }
});
const words = tradeWords([
  { zh: '边框', en: 'Frame', values: [value('轻微划痕/小花', 'light'), value('轻微', 'slight')] },
  {
    zh: '电池是否原装',
    en: 'Battery originality',
    values: [value('第三方电池', 'third-party', '换电池', 'Battery replaced')]
  },
  { zh: '后盖', en: 'Back cover', values: [value('细微划痕(侧光可见)', 'hairline')] },
  { zh: '本店项', en: '', values: [] }
]);

describe('words of the trade in English', () => {
  it('badges that come from a checklist have their English word, also where only the value has one', () => {
    expect([words.badges.get('换电池'), words.badges.get('轻微'), words.badges.get('配绿色壳')]).toEqual([
      'Battery replaced',
      'Slight',
      undefined
    ]);
  });
  it('a flaw of a report is told by item and value, with the note as it was written', () => {
    expect(flawIn(words, '边框：轻微划痕/小花（右下角）')).toBe('Frame: light (右下角)');
    expect(flawIn(words, '电池是否原装：第三方电池')).toBe('Battery originality: third-party');
    expect(flawIn(words, '后盖：细微划痕(侧光可见)（约 9 mm）')).toBe('Back cover: hairline (约 9 mm)');
  });
  it('what a person wrote stays', () => {
    expect(flawIn(words, '边框：磕了一下')).toBe('边框：磕了一下');
    expect(flawIn(words, '屏幕有一道')).toBe('屏幕有一道');
  });
});
