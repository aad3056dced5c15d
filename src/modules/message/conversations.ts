/** Names what two users write to each other, whichever of them is the sender. */
export function conversationOf(one: string, other: string): string {
  return [one, other].sort().join(':');
}

/** Names what a user writes to somebody who has blocked them, which the user alone reads. */
export function withheldConversationOf(senderId: string, recipientId: string): string {
  return `${senderId}>${recipientId}`;
}
