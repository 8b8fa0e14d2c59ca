import common from './common';
import error from './error';
import op from './op';
import shell from './shell';
import today from './today';
import stock from './stock';
import photos from './photos';
import tray from './tray';
import phones from './phones';
import retouch from './retouch';
import shows from './shows';
import orders from './orders';
import bench from './bench';
import settings from './settings';
import imports from './imports';
import labels from './labels';

export default {
  ...common,
  ...error,
  ...op,
  ...shell,
  ...today,
  ...stock,
  ...photos,
  ...tray,
  ...phones,
  ...retouch,
  ...shows,
  ...orders,
  ...bench,
  ...settings,
  ...imports,
  ...labels
} as const;
