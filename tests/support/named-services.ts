/** Refuses to start a run on real services when one of them is not named by the environment. */
export default function requireServices(): void {
  const missing = ['TEST_DATABASE_URL', 'TEST_REDIS_URL'].filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Error(
      `test:services needs ${missing.join(' and ')}, ` +
        'e.g. postgres://postgres@127.0.0.1:5432/postgres and redis://127.0.0.1:6379.',
    );
  }
}
