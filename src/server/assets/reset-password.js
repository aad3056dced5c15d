import { choosePassword } from './choose-password.js';

choosePassword('Your password is changed and every session is ended. You can sign in now.');
