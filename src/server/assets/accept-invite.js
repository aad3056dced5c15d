import { choosePassword } from './choose-password.js';

choosePassword('Your password is set. You can sign in now.');
