import './scalars.ts';
import './result-errors.ts';
import '../modules/role/role.schema.ts';
import '../modules/user/user.schema.ts';
import '../modules/user/users.schema.ts';
import '../modules/user/user.mutations.ts';
import '../modules/session/session.schema.ts';
import '../modules/session/session.mutations.ts';
import '../modules/auth/auth.schema.ts';
import '../modules/auth/registration.mutations.ts';
import '../modules/auth/authentication.mutations.ts';
import { builder } from './builder.ts';

/** The executable schema with the types of every module. */
export const schema = builder.toSchema({ sortSchema: true });
