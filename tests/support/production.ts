/** What a server is started with that others reach; hashing is as weak as production accepts. */
export const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://accounts.example.com',
  SECRET_KEY: 'a secret key of more than thirty-two bytes',
  EMBEDDED_DATABASE: 'true',
  SMTP_URL: 'smtp://127.0.0.1:1',
  PASSWORD_HASH_MEMORY_KIB: '7168',
  PASSWORD_HASH_ITERATIONS: '5',
};
