import { FactorType, UserStatus } from '../generated/prisma/enums.ts';
import { builder } from './builder.ts';

/** Whether an account can be used. */
export const UserStatusEnum = builder.enumType('UserStatus', {
  description: 'Whether an account can be used.',
  values: {
    [UserStatus.ACTIVE]: { description: 'It can be used.' },
    [UserStatus.SUSPENDED]: { description: 'An administrator has suspended it.' },
    [UserStatus.DELETION_SCHEDULED]: {
      description: 'It will be deleted, as its user wishes; until then it can be used.',
    },
  } as const,
});

/** Ways to prove who one is. */
export const FactorTypeEnum = builder.enumType('FactorType', {
  description: 'A way to prove who one is.',
  values: {
    [FactorType.PASSWORD]: { description: 'The password of the account.' },
    [FactorType.EMAIL_CODE]: { description: 'A code or link sent to the address of the account.' },
  } as const,
});

/** What became of something. */
export const ChangeKindEnum = builder.enumType('ChangeKind', {
  description: 'What became of something.',
  values: {
    CREATED: { description: 'It was made.' },
    UPDATED: { description: 'Something about it is different now.' },
    DELETED: { description: 'It is gone.' },
  } as const,
});
