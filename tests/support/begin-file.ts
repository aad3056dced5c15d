import { forgetSecrets } from './used-secrets.ts';

// Runs before each test file; files share what is loaded.
forgetSecrets();
