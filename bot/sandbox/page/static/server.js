// Speaks to the server: posts of what a person does, and the stream of what happens.

/** Does something; throws an error whose message is the key of a sentence. */
export async function act(name, body) {
  return await posted(`/do/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Sends a file; its fields stand in the address. */
export async function sendFile(file, fields) {
  const query = new URLSearchParams({ name: file.name });
  for (const [key, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== '') query.set(key, value);
  }
  const type = file.type || 'application/octet-stream';
  return await posted(`/do/send?${query}`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: file,
  });
}

async function posted(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error('lost');
  }
  const result = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(result.error ?? 'error-wrong');
  return result;
}

/** Listens from now on; after a break it tries again until the server is back. */
export function listen(take, lost) {
  const stream = new EventSource('/events');
  stream.onmessage = (message) => take(JSON.parse(message.data));
  stream.onerror = () => {
    lost();
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen(take, lost), 2000);
  };
}
