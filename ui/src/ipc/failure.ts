import type { AppError } from './gen/AppError';

/** A command that did not work. `lost` means the program could not be reached at all. */
export class AppFailure extends Error {
  constructor(
    readonly error: AppError,
    readonly lost = false
  ) {
    super(error.code);
    this.name = 'AppFailure';
  }
}

/** Makes an AppFailure of whatever a transport threw or answered. */
export function failureOf(value: unknown): AppFailure {
  if (value instanceof AppFailure) return value;
  if (typeof value === 'object' && value !== null && 'code' in value) {
    const error = value as AppError;
    return new AppFailure({ code: error.code, args: error.args ?? {}, detail: error.detail ?? null });
  }
  return new AppFailure({ code: 'internal', args: {}, detail: String(value) });
}
