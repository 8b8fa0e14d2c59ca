import { yuan, when } from '../i18n/format';
import { setLang, t, type Key } from '../i18n/index.svelte';
import type { FindHits } from '../ipc/gen/FindHits';
import { areasOf } from '../lib/route.svelte';
import { app, is, now } from '../lib/session.svelte';
import { setTheme } from '../lib/theme.svelte';
import type { IconName } from '../lib/ui/icons';
import { redo, undo } from '../lib/undo';
import { labelMissing } from '../screens/labels/labels.svelte';
import { openSample } from './sample';
import { shell } from './shell.svelte';

export interface Entry {
  key: string;
  group: Key;
  icon: IconName;
  /** Present for units, even when there is no photograph. */
  cover?: string | null;
  no?: string;
  title: string;
  dim?: string;
  side?: string;
  keycap?: string;
  to?: string;
  run?: () => void;
}

export function hits(found: FindHits): Entry[] {
  return [
    ...found.units.map((u): Entry => ({
      key: `u${u.id}`,
      group: 'shell.palette_units',
      icon: 'stock',
      cover: u.cover,
      no: u.stock_no,
      title: u.model,
      dim: [u.storage, u.colour].filter(Boolean).join(' '),
      side: `${t(`unit_status.${u.status}`)}${u.price_live === null ? '' : ` · ${yuan(u.price_live)}`}`,
      to: `/stock/${u.id}`
    })),
    ...found.orders.map((o): Entry => ({
      key: `o${o.id}`,
      group: 'shell.palette_orders',
      icon: 'orders',
      title: `${t(`platform.${o.platform}`)} …${o.order_no.slice(-4)}`,
      dim: o.title,
      side: t(`order_stage.${o.stage}`),
      to: `/orders/${o.id}`
    })),
    ...found.shows.map((s): Entry => ({
      key: `s${s.id}`,
      group: 'shell.palette_shows',
      icon: 'shows',
      title: s.title,
      side: when(s.starts_at, now()),
      to: `/shows/${s.id}`
    }))
  ];
}

function all(): Entry[] {
  const command = (key: string, icon: IconName, title: string, what: Partial<Entry>): Entry => ({
    key: `c${key}`,
    group: 'shell.palette_commands',
    icon,
    title,
    ...what
  });
  const stock = is('owner', 'control', 'photographer', 'technician');
  const orders = is('owner', 'control', 'packer');
  return [
    ...(stock
      ? [
          command('add', 'plus', t('shell.cmd_add_unit'), { to: '/stock?new=' }),
          command('labels', 'tag', t('labels.cmd_missing'), { run: () => void labelMissing() }),
          command('lot', 'scan', t('lots.menu.lot'), { to: '/stock/lot' }),
          command('take', 'clip', t('lots.menu.take'), { to: '/stock/take' }),
          command('move', 'box', t('lots.menu.move'), { to: '/stock/move' }),
          ...(is('photographer') ? [] : [command('inspect', 'seal', t('inspect.queue'), { to: '/stock/inspect' })]),
          command('import-units', 'table', t('shell.cmd_import_units'), { to: '/stock/import' }),
          command('tray', 'inbox', t('tray.title'), { to: '/stock/tray' })
        ]
      : []),
    ...(orders ? [command('import-orders', 'upload', t('shell.cmd_import_orders'), { to: '/orders/import' })] : []),
    ...areasOf(app()?.me.role).map((area) =>
      command(area, area, t('shell.cmd_go', { where: t(`shell.${area}`) }), { to: `/${area}` })
    ),
    command('verify', 'pass', t('passport.verify'), { to: '/stock/verify' }),
    command('undo', 'undo', t('shell.cmd_undo'), { keycap: 'Ctrl Z', run: () => void undo() }),
    command('redo', 'redo', t('shell.cmd_redo'), { keycap: 'Ctrl Shift Z', run: () => void redo() }),
    command('keys', 'keyboard', t('shell.cmd_keys'), { keycap: '?', run: () => (shell.keys = true) }),
    command('light', 'sun', t('shell.cmd_theme_light'), { run: () => setTheme('light') }),
    command('dark', 'moon', t('shell.cmd_theme_dark'), { run: () => setTheme('dark') }),
    command('system', 'laptop', t('shell.cmd_theme_system'), { run: () => setTheme('system') }),
    command('zh', 'globe', t('shell.cmd_zh'), { run: () => setLang('zh') }),
    command('en', 'globe', t('shell.cmd_en'), { run: () => setLang('en') }),
    ...(is('owner') ? [command('sample', 'box', t('shell.cmd_sample'), { run: () => void openSample() })] : [])
  ];
}

/** Commands whose words hold what was typed; all of them for nothing typed. */
export function commands(text: string): Entry[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all().filter((c) => words.every((w) => c.title.toLowerCase().includes(w)));
}
