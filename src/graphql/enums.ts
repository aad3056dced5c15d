import { FactorType, RevokeReason, UserStatus } from '../generated/prisma/enums.ts';
import { builder } from './builder.ts';

/** Whether an account can be used. */
export const UserStatusEnum = builder.enumType('UserStatus', {
  description: 'Whether an account can be used.',
  values: {
    [UserStatus.ACTIVE]: { description: 'It can.' },
    [UserStatus.SUSPENDED]: { description: 'An administrator has suspended it.' },
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

/** Why a session ended. */
export const RevokeReasonEnum = builder.enumType('RevokeReason', {
  description: 'Why a session ended before its time.',
  values: {
    [RevokeReason.SIGNED_OUT]: { description: 'Its user signed out.' },
    [RevokeReason.TOKEN_REUSED]: {
      description: 'A refresh token came back that had been replaced: somebody may have a copy.',
    },
  } as const,
});
