import { builder } from './builder.ts';

/** Stands for `User` in the arguments of other features: Pothos takes no name there. */
export const UserReference = builder.objectRef<object>('User');
builder.configStore.associateParamWithRef(UserReference, 'User');
