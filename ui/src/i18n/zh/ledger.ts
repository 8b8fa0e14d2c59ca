export default {
  'sync.ledger': '核对',
  'sync.ledger.new': '还没核对过。摊上静下来一会儿，几台电脑会自己核对；点「现在对齐」马上核对。',
  'sync.ledger.same': '{at}和 {n} 台电脑核对过：一样',
  'sync.ledger.differs': '有 {n} 台电脑的内容和这台不一样。哪台不对，会自己照中转的总账重做一遍。',
  'sync.ledger.checking': '有不一样的地方，正在拿这台和中转的总账核对……',
  'sync.ledger.stuck': '和中转的总账都核对过了，还是有 {n} 台电脑和这台不一样。该怎么办，收件箱里写着。',
  'ledger.title': '核对结果',
  'ledger.mended': '这台电脑有 {n} 条和别的电脑不一样，已经改正',
  'ledger.mended_text':
    '可能是文件坏了，或被别的程序改过。已照几台电脑互相说过的内容全部重做，说过的一处没丢。请把下面这些看一眼。',
  'ledger.stuck': '这台电脑和{who}的内容不一样',
  'ledger.stuck_text':
    '两边一天之内都和中转的总账核对过，又不一样了：是程序或硬盘的毛病。请把两台都升级到最新版，再复制报告，发给维护程序的人。一天后会自己再核对一次；在这之前，要紧的两边都数一下。内容没有丢。',
  'ledger.stuck_here': '这台电脑没法照中转的总账重做好',
  'ledger.units': '机器',
  'ledger.orders': '订单',
  'ledger.more': '共 {n} 条',
  'ledger.copy': '改正前的摊位存在这里',
  'ledger.report': '复制报告',
  'ledger.report_text': '只有是哪几条，没有内容',
  'ledger.copied': '已复制报告',
  'ledger.seen': '知道了',
  'ledger.others': '另一台电脑'
} as const;
