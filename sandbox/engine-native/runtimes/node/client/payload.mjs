/** What a handler answers, as JSON. */

/** The body of a response. AWS: nothing is null; what fails is an error of a class that is not the same in both ways. */
export function serialized(result, Failure) {
  const body = stringified(result === undefined ? null : result, Failure);
  // AWS: a function, say, has no JSON, and that is what its client says to it.
  if (typeof body !== 'string') throw new TypeError('Wrong arguments');
  return body;
}

function stringified(value, Failure) {
  try {
    return JSON.stringify(value);
  } catch {
    throw new Failure('Unable to stringify response body');
  }
}
