// Keys put together at run time: their second half comes from the store. The dictionary check knows this list.
export const DYNAMIC_PREFIXES = [
  'error.',
  'op.',
  'event.',
  'field.',
  'unit_status.',
  'order_stage.',
  'order_status.',
  'aftersale.',
  'platform.',
  'category.',
  'role.',
  'problem.',
  'job.',
  'grade.',
  'verdict.',
  'match.',
  'import_note.',
  'ship_check.',
  'segment.',
  'unit_sort.',
  'carrier_strength.',
  'deadline_source.'
] as const;

export type DynamicPrefix = (typeof DYNAMIC_PREFIXES)[number];
