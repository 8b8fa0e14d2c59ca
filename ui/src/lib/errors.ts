import { t } from '../i18n/index.svelte';
import { AppFailure, failureOf } from '../ipc/client';
import type { AppError } from '../ipc/gen/AppError';

/** What happened and what to do, in the person's language. */
export function errorText(why: unknown): string {
  if (why instanceof AppFailure) return why.lost ? t('shell.lost') : appErrorText(why.error);
  return appErrorText(failureOf(why).error);
}

/** The same for an `AppError` that came as data (a refused row, a problem of a job). */
export function appErrorText(error: AppError): string {
  return t(`error.${error.code}`, error.args);
}
