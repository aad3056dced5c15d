import { context, SafeError, sideEffect } from 'postgraphile/grafast';
import { sql } from 'postgraphile/pg-sql2';
import { extendSchema, wrapPlans } from 'postgraphile/utils';

declare global {
  // biome-ignore lint/style/noNamespace: As Grafast wants to be told of its context.
  namespace Grafast {
    interface Context {
      sessionId: string | null;
    }
  }
}

/** Plans to read the session of the caller, if it runs and its user may use their account. */
function runningSession({ pgResources }: Pick<Partial<GraphileBuild.Build>, 'pgResources'>) {
  const session = pgResources?.session;
  if (session === undefined) throw new Error('There is no table of sessions.');
  const $sessions = session.find({ id: context().get('sessionId') });
  const { alias } = $sessions;
  $sessions.where(sql`
    ${alias}.revoked_at IS NULL AND least(${alias}.expires_at, ${alias}.idle_expires_at) > now()
    AND EXISTS (
      SELECT FROM "user" u
      WHERE u.id = ${alias}.user_id AND u.status <> 'SUSPENDED' AND u.deleted_at IS NULL
    )`);
  return $sessions.single();
}

/** Adds who is calling. */
export const CurrentUserPlugin = extendSchema((build) => ({
  typeDefs: /* GraphQL */ `
    extend type Query {
      me: User
    }
  `,
  objects: {
    Query: { plans: { me: () => runningSession(build).singleRelation('userByMyUserId') } },
  },
}));

/** Refuses the list of users to strangers. */
export const SignedInPlugin = wrapPlans((build) => ({
  Query: {
    allUsers(plan) {
      sideEffect(runningSession(build).get('user_id'), (userId) => {
        if (userId == null) throw new SafeError('Sign in first.');
      });
      return plan();
    },
  },
}));
