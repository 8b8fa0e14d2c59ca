/** What a selection of units can be asked to do. */
export type BulkAct = 'show' | 'price' | 'shelf' | 'grade' | 'withdraw' | 'restore' | 'delete' | 'label' | 'export';
/** Acts that need an answer first. */
export type BulkAsk = Extract<BulkAct, 'show' | 'price' | 'shelf' | 'grade' | 'withdraw'>;
