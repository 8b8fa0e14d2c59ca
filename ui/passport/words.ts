/** What the page says about itself. Bound to the page's language; never mixed. */
export type Lang = 'zh' | 'en';

export const words = {
  zh: {
    checking: '正在验签…',
    ok: '验签通过：这份报告自签发后没有改动',
    okMore: (key: string, seal: string) =>
      `签名钥匙 ${key} · 报告指纹 ${seal}。请与店家公布的钥匙指纹核对，一致才是这家店签的。`,
    bad: '验签不通过：这份报告被改动过',
    badMore: '下面红框标出的地方与签发时不符，请不要采信，向店家要原件。',
    broken: '读不出报告：文件不完整，或被其他程序改写过。',
    signature: '签名与编号、版本、时间或钥匙不符',
    section: (name: string) => `数据被改动：${name}`,
    photo: (name: string) => `照片被改动：${name}`,
    photoMissing: (name: string) => `照片缺失：${name}`,
    page: (name: string) => `页面文字被改动：${name}（浏览器翻译或插件也会这样，请关掉再看）`,
    opening: '完整串号与签发时不符',
    number: '编号的校验码不符',
    form: '文件写法与签发时不同',
    parts: {
      device: '机器',
      grade: '成色',
      flaws: '瑕疵',
      badges: '必须知道',
      checks: '检查',
      photos: '照片',
      history: '维修与数据清除',
      terms: '售后条款',
      stall: '店家',
      head: '页首',
      facts: '机器与售后',
      foot: '页尾',
      style: '版式',
      statement: '页面声明'
    } as Record<string, string>
  },
  en: {
    checking: 'Checking the signature…',
    ok: 'Genuine: nothing was altered since this report was signed',
    okMore: (key: string, seal: string) =>
      `Key ${key} · report ${seal}. Compare the key with the one the stall makes known: only then is it this stall's report.`,
    bad: 'Altered: this is not the report that was signed',
    badMore: 'What is framed in red differs from what was signed. Do not rely on it; ask the stall for the original.',
    broken: 'The report cannot be read: the file is incomplete, or another program has rewritten it.',
    signature: 'The signature does not fit number, version, time or key',
    section: (name: string) => `Data altered: ${name}`,
    photo: (name: string) => `Photograph altered: ${name}`,
    photoMissing: (name: string) => `Photograph missing: ${name}`,
    page: (name: string) =>
      `Words on the page altered: ${name} (a browser's translation or an extension does this too: switch it off and look again)`,
    opening: 'The full codes are not the ones that were signed',
    number: 'The check digit of the number does not fit',
    form: 'The file is not written the way it was signed',
    parts: {
      device: 'device',
      grade: 'grade',
      flaws: 'flaws',
      badges: 'good to know',
      checks: 'checks',
      photos: 'photographs',
      history: 'repairs and erasure',
      terms: 'terms',
      stall: 'stall',
      head: 'head of the page',
      facts: 'device and terms',
      foot: 'foot of the page',
      style: 'layout',
      statement: 'statement about the page'
    } as Record<string, string>
  }
};
