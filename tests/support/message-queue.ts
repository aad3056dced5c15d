/** Messages in the order in which they came, for whoever waits for them. */
export interface MessageQueue<Message> {
  push(message: Message): void;
  /** Resolves with the next message; rejects if there is none and none can come. */
  next(): Promise<Message>;
  /** Says that nothing comes any more, and why. */
  end(reason: string): void;
}

/** Makes an empty queue. */
export function createMessageQueue<Message>(): MessageQueue<Message> {
  const messages: Message[] = [];
  const waiting: PromiseWithResolvers<Message>[] = [];
  let over: string | null = null;
  return {
    push(message) {
      const first = waiting.shift();
      if (first) first.resolve(message);
      else messages.push(message);
    },
    async next() {
      const message = messages.shift();
      if (message !== undefined) return message;
      if (over !== null) throw new Error(over);
      const asked = Promise.withResolvers<Message>();
      waiting.push(asked);
      return asked.promise;
    },
    end(reason) {
      over = reason;
      for (const { reject } of waiting.splice(0)) reject(new Error(reason));
    },
  };
}
