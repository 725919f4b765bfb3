// One file to one address, with its progress. XMLHttpRequest, because fetch cannot tell how far an upload has come.
export function upload(url, fields, progressed) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => { if (event.lengthComputable) progressed(event.loaded / event.total); };
    request.onload = () => resolve({ ok: request.status >= 200 && request.status < 300, sentence: sentence(request.responseText) });
    request.onerror = request.onabort = () => resolve({ ok: false, sentence: "" });
    request.send(body);
  });
}

// The server refuses in JSON {problem} or with a page that holds [data-problem].
function sentence(text) {
  try {
    return JSON.parse(text).problem || "";
  } catch {
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-problem], .problem");
    return found ? found.textContent.trim() : "";
  }
}
