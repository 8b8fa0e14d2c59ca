import common from './common';
import error from './error';
import op from './op';
import shell from './shell';
import today from './today';
import stock from './stock';
import fields from './fields';
import lots from './lots';
import photos from './photos';
import tray from './tray';
import phones from './phones';
import batch from './batch';
import history from './history';
import presence from './presence';
import sync from './sync';
import watch from './watch';
import retouch from './retouch';
import shows from './shows';
import orders from './orders';
import bench from './bench';
import settings from './settings';
import imports from './imports';
import labels from './labels';
import exchange from './exchange';
import catalogue from './catalogue';
import inspect from './inspect';
import passport from './passport';
import inbox from './inbox';
import ledger from './ledger';

export default {
  ...common,
  ...error,
  ...op,
  ...shell,
  ...today,
  ...stock,
  ...fields,
  ...lots,
  ...photos,
  ...tray,
  ...phones,
  ...batch,
  ...history,
  ...presence,
  ...sync,
  ...watch,
  ...retouch,
  ...shows,
  ...orders,
  ...bench,
  ...settings,
  ...imports,
  ...labels,
  ...exchange,
  ...catalogue,
  ...inspect,
  ...passport,
  ...inbox,
  ...ledger
} as const;
