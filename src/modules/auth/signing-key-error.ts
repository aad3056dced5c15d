/** SECRET_KEY is not the one that the signing key was stored under. */
export class SigningKeyError extends Error {
  override name = 'SigningKeyError';

  constructor() {
    super(
      'SECRET_KEY does not open the signing key in the database. Start with the key that it was stored under, as SECRET_KEY or SECRET_KEY_PREVIOUS.',
    );
  }
}
