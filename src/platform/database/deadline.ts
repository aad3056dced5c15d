/** The database has not answered in time; whether it did what was asked is unknown. */
export class DatabaseTimeoutError extends Error {
  override readonly name = 'DatabaseTimeoutError';

  constructor() {
    super('The database did not answer in time.');
  }
}

/** Waits for an answer, at most so many milliseconds; what was asked goes on after a rejection. */
export async function withDeadline<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => expiry.reject(new DatabaseTimeoutError()), milliseconds);
  try {
    return await Promise.race([answer, expiry.promise]);
  } finally {
    clearTimeout(timer);
  }
}
