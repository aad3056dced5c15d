import { GraphQLError } from 'graphql';

/**
 * Bounds what the subscriptions of a user cost together, over all connections of this process: each
 * event may execute every one of them.
 */
export interface LiveCosts {
  /**
   * Takes room for a subscription; answers what gives it back, good to be called again. Throws
   * OPERATION_LIMIT_EXCEEDED when there is not enough left.
   */
  take(userId: string, cost: number): () => void;
}

/** What each counts at least: to ask who reads and what they may see costs, too. */
const leastCost = 20;

/** Begins with all the room that each user may take. */
export function createLiveCosts(mostPerUser: number): LiveCosts {
  const taken = new Map<string, number>();

  function add(userId: string, cost: number): void {
    const sum = (taken.get(userId) ?? 0) + cost;
    if (sum > 0) taken.set(userId, sum);
    else taken.delete(userId);
  }

  return {
    take(userId, asked) {
      const cost = Math.max(asked, leastCost);
      if ((taken.get(userId) ?? 0) + cost > mostPerUser) throw tooCostly(mostPerUser);
      add(userId, cost);
      let isTaken = true;
      return () => {
        if (isTaken) add(userId, -cost);
        isTaken = false;
      };
    },
  };
}

function tooCostly(limit: number): GraphQLError {
  return new GraphQLError('The subscriptions of this user would cost too much together.', {
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit, http: { status: 429 } },
  });
}
