/** What a handler is told of its invocation. AWS: the order of the members shows when a function returns its context. */

/** From the environment. */
export function ofEnvironment() {
  const { env } = process;
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    // AWS: a text, though it is a number.
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

/** From the invocation's headers. */
export function ofHeaders(headers, failed) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    clientContext: parsed(headers['lambda-runtime-client-context'], 'ClientContext', failed),
    identity: parsed(headers['lambda-runtime-cognito-identity'], 'CognitoIdentity', failed),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: requestId(headers),
    tenantId: tenantId(headers),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function parsed(text, name, failed) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failed(name, error);
  }
}

export function requestId(headers) {
  return headers['lambda-runtime-aws-request-id'];
}

export function tenantId(headers) {
  return headers['lambda-runtime-aws-tenant-id'];
}

/** Gives the trace to the function: AWS's SDK takes it from there. */
export function setTrace(headers) {
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
}
