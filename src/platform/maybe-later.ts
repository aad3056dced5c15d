/** What is there already, or will be. Each step of waiting costs, where thousands ask at once. */
export type MaybeLater<Value> = Value | Promise<Value>;

/** Tells what is yet to come, from whichever library. */
export function isLater<Value>(value: MaybeLater<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** Goes on with a value: at once where it is there. */
export function whenThere<Value, Result>(
  value: MaybeLater<Value>,
  goOn: (value: Value) => MaybeLater<Result>,
): MaybeLater<Result> {
  return isLater(value) ? value.then(goOn) : goOn(value);
}
