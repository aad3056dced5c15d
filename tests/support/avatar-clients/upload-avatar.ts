const query = `mutation ($file: File!) {
  uploadAvatar(file: $file) {
    ... on User { id avatar(size: 128) { url width height } }
    ... on Error { code message }
  }
}`;

/** Gives whoever the token belongs to the picture in a file. */
export async function uploadAvatar(url: string, accessToken: string, file: Blob) {
  const form = new FormData();
  // In this order.
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', file);
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await fetch(url, { method: 'POST', headers, body: form });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data.uploadAvatar;
}
