-- An exchange as version 2 wrote it; its public key: hxeTV7CLG-nV0tAyikm3VjPvLgZmhdctBQQ2MPK7nP0
BEGIN TRANSACTION;
CREATE TABLE account (
	code TEXT NOT NULL, 
	debits_posted INTEGER NOT NULL, 
	credits_posted INTEGER NOT NULL, 
	debits_held INTEGER NOT NULL, 
	may_overdraw INTEGER NOT NULL, 
	PRIMARY KEY (code), 
	CHECK (debits_posted >= 0 AND credits_posted >= 0 AND debits_held >= 0), 
	CONSTRAINT never_below_zero CHECK (may_overdraw = 1 OR credits_posted - debits_posted - debits_held >= 0)
)
 STRICT

;
INSERT INTO "account" VALUES('cash',10000000,0,0,1);
INSERT INTO "account" VALUES('org:org_01kdvdna0bf5f97f84sw7xcc7h:balance',333334,10000000,1000000,0);
INSERT INTO "account" VALUES('org:org_01kdvdna01f29s4fr84g98pbsk:earnings',0,333334,0,0);
CREATE TABLE artefact (
	run TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	rank INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	job TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	manifest TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	PRIMARY KEY (run, kind, rank, sequence), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
CREATE TABLE bank_deposit (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	from_us INTEGER NOT NULL, 
	until_us INTEGER NOT NULL, 
	units_max INTEGER, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (from_us < until_us), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
CREATE TABLE certificate (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	envelope TEXT NOT NULL, 
	valid_from_us INTEGER NOT NULL, 
	expires_us INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource) REFERENCES resource (id)
)
 STRICT

;
INSERT INTO "certificate" VALUES('cert_01kdvdna08f8abj9hgb7s8r42x','res_01kdvdna05e7x91gcjsz9ts55f','{"kind":"certificate","payload":{"id":"cert_01kdvdna08f8abj9hgb7s8r42x","latency_us":1000,"score":1000},"signatures":[{"key":"hxeTV7CLG-nV0tAyikm3VjPvLgZmhdctBQQ2MPK7nP0","role":"exchange","value":"x6Ne3eTQwud9GRGNeXhxuYwZWkWY4DmQvvN2vwegVOr9ZePCBumEkqOKaxnuUn4VqjhIlduvc1h50O9VctgfBA"},{"key":"sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0","role":"site","value":"ufo1FOPlty2W7RaqvBbiM-aXHZpmbmWElF3bojio1FBk9OJetXC2N7OXNuKKuKqx-GKLuJajjGeHqOBFmXTnAg"}]}',1767225600008000,1769817600008000,'valid');
CREATE TABLE challenge (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	job TEXT, 
	nonce TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	issued_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	UNIQUE (nonce)
)
 STRICT

;
CREATE TABLE idempotency (
	tenant TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	route TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (tenant, "key")
)
 STRICT

;
CREATE TABLE identity_document (
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	envelope TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (digest)
)
 STRICT

;
INSERT INTO "identity_document" VALUES('sha256:fef16359ebf67e4e0b19f18932c9a3b108835bfffdcb9b2efb80c35b204c373b','delegation','cn.demo/seller','{"kind":"delegation","payload":{"issuer":"cn.demo","key":"tKZLVQY1JOIaeyOsSe_BlVYpHKWzJlTorGzR8bNLz9k","scope":"cn.demo/seller","valid_from":"2026-01-01T00:00:00.006000Z","valid_until":"2027-01-01T00:00:00.006000Z"},"signatures":[{"key":"hxeTV7CLG-nV0tAyikm3VjPvLgZmhdctBQQ2MPK7nP0","role":"issuer","value":"u1pVwYtgZBn0Y6MnggjoYLLJkd2gNHlwfSvh9CsFXFUUev3zak5ZiXHCCLNhOX7_Io8fZEGZ8hiain7mKi3yAw"}]}',1767225600006000);
CREATE TABLE job (
	id TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	member TEXT NOT NULL, 
	name TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	state TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	run TEXT, 
	reason TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	change TEXT NOT NULL, 
	exit_code INTEGER, 
	document TEXT NOT NULL, 
	files TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	"after" TEXT, 
	batch TEXT, 
	retries INTEGER NOT NULL, 
	checkpoint TEXT, 
	checkpoint_us INTEGER, 
	hold_total INTEGER NOT NULL, 
	created_us INTEGER NOT NULL, 
	updated_us INTEGER NOT NULL, 
	ended_us INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id), 
	FOREIGN KEY(member) REFERENCES member (id)
)
 STRICT

;
INSERT INTO "job" VALUES('job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna0bf5f97f84sw7xcc7h','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','succeeded',1,'run_01kdvdna0fekq949v6b0f2f8e0','','','',0,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767225600014000,1767226200019000,1767226200019000);
INSERT INTO "job" VALUES('job_01kdve7kymec1a73yn8y93mwv9','org_01kdvdna0bf5f97f84sw7xcc7h','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','failed',1,'run_01kdve7kynf42904qg6yv4ss12','it failed','failed','',1,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767226200020000,1767226800025000,1767226800025000);
INSERT INTO "job" VALUES('job_01kdvesxwtem3rdy3q31pqdc3y','org_01kdvdna0bf5f97f84sw7xcc7h','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','running',1,'run_01kdvesxwvek4ss459b1t07s1g','','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,1000000,1767226800026000,1767226800029000,NULL);
INSERT INTO "job" VALUES('job_01kdvfc7tyefkrf8qa42sf2k4m','org_01kdvdna0bf5f97f84sw7xcc7h','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','queued',0,NULL,'waits for the next round of the market','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":64,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767227400030000,1767227400030000,NULL);
CREATE TABLE job_secret (
	job TEXT NOT NULL, 
	name TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	PRIMARY KEY (job, name), 
	FOREIGN KEY(job) REFERENCES job (id)
)
 STRICT

;
CREATE TABLE journal (
	seq INTEGER NOT NULL, 
	at_us INTEGER NOT NULL, 
	actor TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	organisation TEXT, 
	subject TEXT NOT NULL, 
	data TEXT NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "journal" VALUES(1,1767225600001000,'test','organisation.added','org_01kdvdna01f29s4fr84g98pbsk','org_01kdvdna01f29s4fr84g98pbsk','{"name":"seller"}','0000000000000000000000000000000000000000000000000000000000000000','049bd23bda3c7b2f3ccd9cd55110b1efa7fb825d3448454c29174efeaf74d62b');
INSERT INTO "journal" VALUES(2,1767225600002000,'test','site.declared','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna02f58sv7e9z0c1ht0h','{"depth":"schedulable","hub":"gz","name":"north","place":"CN-520100"}','049bd23bda3c7b2f3ccd9cd55110b1efa7fb825d3448454c29174efeaf74d62b','fba6a450c9d71b9d01a0c97c575db9dfc4f39a2ab03e1c0838b35ccd96c9035d');
INSERT INTO "journal" VALUES(3,1767225600003000,'test','site.invited','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna02f58sv7e9z0c1ht0h','{"token":"n4semx28"}','fba6a450c9d71b9d01a0c97c575db9dfc4f39a2ab03e1c0838b35ccd96c9035d','6b488595dc37e51a9400bf03460443f24c3a0b7ba5e141a0dae5ea55e51150b4');
INSERT INTO "journal" VALUES(4,1767225600005000,'test','resource.reported','org_01kdvdna01f29s4fr84g98pbsk','res_01kdvdna05e7x91gcjsz9ts55f','{"name":"pool","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','6b488595dc37e51a9400bf03460443f24c3a0b7ba5e141a0dae5ea55e51150b4','dab38fc04598c358091b835d2714f0f36aa5e1518cfbf04373183de05aa8585b');
INSERT INTO "journal" VALUES(5,1767225600005000,'test','site.enrolled','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna02f58sv7e9z0c1ht0h','{"fingerprint":"0863-388a-f016-547a"}','dab38fc04598c358091b835d2714f0f36aa5e1518cfbf04373183de05aa8585b','083da0e9754864ecdee22871aef028e74956e2a0228a028cd84dffce6075437c');
INSERT INTO "journal" VALUES(6,1767225600006000,'test','site.approved','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna02f58sv7e9z0c1ht0h','{"by":"test"}','083da0e9754864ecdee22871aef028e74956e2a0228a028cd84dffce6075437c','fe0d033e5438ae192509359ba7192182a9987c434b07e58f55b124abc23ee791');
INSERT INTO "journal" VALUES(7,1767225600006000,'test','resource.identified','org_01kdvdna01f29s4fr84g98pbsk','res_01kdvdna05e7x91gcjsz9ts55f','{"identifier":"cn.demo/seller/CN-520100/general/0001-K","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','fe0d033e5438ae192509359ba7192182a9987c434b07e58f55b124abc23ee791','6d196f80977bf90e83724675fc8f92a2c00c33997c0b8fef314f8a614d8df520');
INSERT INTO "journal" VALUES(8,1767225600007000,'test','site.connected','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna02f58sv7e9z0c1ht0h','{"version":"0.1.0"}','6d196f80977bf90e83724675fc8f92a2c00c33997c0b8fef314f8a614d8df520','1d928117c524029e64cb5b66d516da049f0f5c0d937e53b285d5fb9477a65a8b');
INSERT INTO "journal" VALUES(9,1767225600009000,'test','certificate.valid','org_01kdvdna01f29s4fr84g98pbsk','cert_01kdvdna08f8abj9hgb7s8r42x','{"resource":"res_01kdvdna05e7x91gcjsz9ts55f","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','1d928117c524029e64cb5b66d516da049f0f5c0d937e53b285d5fb9477a65a8b','c5c63b1e961e66c4bf048b8a9886fd909935e7941343717604399411c135e52b');
INSERT INTO "journal" VALUES(10,1767225600010000,'test','offer.posted','org_01kdvdna01f29s4fr84g98pbsk','offer_01kdvdna0afwn9aft8y6g9yxnn','{"price":1000000,"resource":"res_01kdvdna05e7x91gcjsz9ts55f"}','c5c63b1e961e66c4bf048b8a9886fd909935e7941343717604399411c135e52b','44d2d4907285e414cf7ae4c4308829fe615ee0fd24e638fa1c3681d4650aa221');
INSERT INTO "journal" VALUES(11,1767225600011000,'test','organisation.added','org_01kdvdna0bf5f97f84sw7xcc7h','org_01kdvdna0bf5f97f84sw7xcc7h','{"name":"buyer"}','44d2d4907285e414cf7ae4c4308829fe615ee0fd24e638fa1c3681d4650aa221','cebb8533e7602583a6a30b654d0e7f7115a32e26a7185651b15936cd20ed29a5');
INSERT INTO "journal" VALUES(12,1767225600012000,'test','ledger.toppedup','org_01kdvdna0bf5f97f84sw7xcc7h','tx_01kdvdna0cfye8scf2khjrspgm','{"amount":"10.00","memo":"paid in"}','cebb8533e7602583a6a30b654d0e7f7115a32e26a7185651b15936cd20ed29a5','aecc638980aba6c343d96c8a0e5926c92eaf9b185eb6ee468c960d08b639183f');
INSERT INTO "journal" VALUES(13,1767225600013000,'test','member.added','org_01kdvdna0bf5f97f84sw7xcc7h','member_01kdvdna0df3m8qv6qp0w9hmcg','{"name":"owner","role":"owner"}','aecc638980aba6c343d96c8a0e5926c92eaf9b185eb6ee468c960d08b639183f','cc7e8af6b7277db0404b43b2181e9e4064e9923ac4ed64d578cfcf57b9c8d9a2');
INSERT INTO "journal" VALUES(14,1767225600014000,'test','job.queued','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdvdna0eejga45xynqdw95pb','{"name":"job","purpose":"user"}','cc7e8af6b7277db0404b43b2181e9e4064e9923ac4ed64d578cfcf57b9c8d9a2','fb603ffe219320981c5f99041e3150ffb22502d8a8f93f43ddaff9382cb5bcb8');
INSERT INTO "journal" VALUES(15,1767225600015000,'test','run.assigned','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","price":1000000,"resource":"res_01kdvdna05e7x91gcjsz9ts55f","round":1,"site":"site_01kdvdna02f58sv7e9z0c1ht0h","units":1}','fb603ffe219320981c5f99041e3150ffb22502d8a8f93f43ddaff9382cb5bcb8','56f0e6eaa1e90da8395939aa5b465d0e3143399eee4bd66fcfe51393f412e098');
INSERT INTO "journal" VALUES(16,1767225600015000,'test','market.cleared',NULL,'round 1','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','56f0e6eaa1e90da8395939aa5b465d0e3143399eee4bd66fcfe51393f412e098','5456a8f3bfe191a3ba5e982f81cb269a3532d17225ca87c07d0693be2f3c7a69');
INSERT INTO "journal" VALUES(17,1767225600016000,'test','run.accepted','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','5456a8f3bfe191a3ba5e982f81cb269a3532d17225ca87c07d0693be2f3c7a69','12bc96a03faf49b5aeb01e466e367016d14040d89693e409311c6065a181a76a');
INSERT INTO "journal" VALUES(18,1767225600017000,'test','run.running','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','12bc96a03faf49b5aeb01e466e367016d14040d89693e409311c6065a181a76a','e7977ed3ae5568ce15f79a12b3ba2ad259fbd015f730da8466eed2a47000c09c');
INSERT INTO "journal" VALUES(19,1767226200018000,'test','run.finishing','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','e7977ed3ae5568ce15f79a12b3ba2ad259fbd015f730da8466eed2a47000c09c','f9130ed222f1f552071bb6f0a0f0561f3144a1384b91cb09d04b0da60e56d841');
INSERT INTO "journal" VALUES(20,1767226200019000,'test','run.succeeded','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"exit_code":0,"job":"job_01kdvdna0eejga45xynqdw95pb","reason":"","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','f9130ed222f1f552071bb6f0a0f0561f3144a1384b91cb09d04b0da60e56d841','a89d5e554cf3b28fa2f636f6fc371a105053d5fb51b8b0dd641c94765209a822');
INSERT INTO "journal" VALUES(21,1767226200019000,'test','receipt.issued','org_01kdvdna0bf5f97f84sw7xcc7h','rcpt_01kdve7kykf569mrevw8q485cb','{"amount":"0.166667","job":"job_01kdvdna0eejga45xynqdw95pb","run":"run_01kdvdna0fekq949v6b0f2f8e0","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','a89d5e554cf3b28fa2f636f6fc371a105053d5fb51b8b0dd641c94765209a822','183acf3578d2764e2411cf08eb0d8e48e2f699bed9d10aaa72f39e675f3f2d17');
INSERT INTO "journal" VALUES(22,1767226200019000,'test','job.succeeded','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdvdna0eejga45xynqdw95pb','{"exit_code":0,"reason":"","run":"run_01kdvdna0fekq949v6b0f2f8e0"}','183acf3578d2764e2411cf08eb0d8e48e2f699bed9d10aaa72f39e675f3f2d17','e771364bd20896ca94364a7d5903d0d6f6d9cfac38fa6d8758002a572c552fb1');
INSERT INTO "journal" VALUES(23,1767226200020000,'test','job.queued','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdve7kymec1a73yn8y93mwv9','{"name":"job","purpose":"user"}','e771364bd20896ca94364a7d5903d0d6f6d9cfac38fa6d8758002a572c552fb1','a6667e3016d1e081e5bc29aaad15b2b2b87806e3d44b5657a88d9ba130a9e113');
INSERT INTO "journal" VALUES(24,1767226200021000,'test','run.assigned','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdve7kynf42904qg6yv4ss12','{"epoch":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","price":1000000,"resource":"res_01kdvdna05e7x91gcjsz9ts55f","round":2,"site":"site_01kdvdna02f58sv7e9z0c1ht0h","units":1}','a6667e3016d1e081e5bc29aaad15b2b2b87806e3d44b5657a88d9ba130a9e113','51fd3cda840667d6c9f8e0547d13864d2cdc8f6feefd0f6784d4d5c456962a84');
INSERT INTO "journal" VALUES(25,1767226200021000,'test','market.cleared',NULL,'round 2','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','51fd3cda840667d6c9f8e0547d13864d2cdc8f6feefd0f6784d4d5c456962a84','b3559573807bfe74eb955d38e0aa68f580706239684c496f671cdbb5bfb9ad29');
INSERT INTO "journal" VALUES(26,1767226200022000,'test','run.accepted','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdve7kynf42904qg6yv4ss12','{"epoch":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','b3559573807bfe74eb955d38e0aa68f580706239684c496f671cdbb5bfb9ad29','f81e1cc33f6b461bdf1bace5dd74088a175733645b62582c522b5dfeef9ad60a');
INSERT INTO "journal" VALUES(27,1767226200023000,'test','run.running','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdve7kynf42904qg6yv4ss12','{"epoch":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','f81e1cc33f6b461bdf1bace5dd74088a175733645b62582c522b5dfeef9ad60a','77773f334c00048e5ec1c4315698fe9c7e72e46fe8878548b679f3064bf372a6');
INSERT INTO "journal" VALUES(28,1767226800024000,'test','run.finishing','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdve7kynf42904qg6yv4ss12','{"epoch":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','77773f334c00048e5ec1c4315698fe9c7e72e46fe8878548b679f3064bf372a6','3c70048f80411af6580ddccfaddcc28da183c53dcd4b41ec6d2f40957733e478');
INSERT INTO "journal" VALUES(29,1767226800025000,'test','run.failed','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdve7kynf42904qg6yv4ss12','{"epoch":1,"exit_code":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","reason":"","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','3c70048f80411af6580ddccfaddcc28da183c53dcd4b41ec6d2f40957733e478','805ffd1420b24f340e92b90aaff183ae06b456fe5dc5b5426524d128b385eee3');
INSERT INTO "journal" VALUES(30,1767226800025000,'test','receipt.issued','org_01kdvdna0bf5f97f84sw7xcc7h','rcpt_01kdvesxwsf21awbnhahzha194','{"amount":"0.166667","job":"job_01kdve7kymec1a73yn8y93mwv9","run":"run_01kdve7kynf42904qg6yv4ss12","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','805ffd1420b24f340e92b90aaff183ae06b456fe5dc5b5426524d128b385eee3','b77b7e5e493f79d7ceed431a17943488ddabbf79e18395431a2510d1a299ec8f');
INSERT INTO "journal" VALUES(31,1767226800025000,'test','job.failed','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdve7kymec1a73yn8y93mwv9','{"exit_code":1,"reason":"it failed","run":"run_01kdve7kynf42904qg6yv4ss12"}','b77b7e5e493f79d7ceed431a17943488ddabbf79e18395431a2510d1a299ec8f','d95be23dbd064d5e1db796a8689d2a859b2310ecfe7899b049de5c8218ff2191');
INSERT INTO "journal" VALUES(32,1767226800026000,'test','job.queued','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdvesxwtem3rdy3q31pqdc3y','{"name":"job","purpose":"user"}','d95be23dbd064d5e1db796a8689d2a859b2310ecfe7899b049de5c8218ff2191','123b8c224bbe1106832bd34bffbf8508e8d88c446660a2a2028152b4c6b8e215');
INSERT INTO "journal" VALUES(33,1767226800027000,'test','run.assigned','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvesxwvek4ss459b1t07s1g','{"epoch":1,"job":"job_01kdvesxwtem3rdy3q31pqdc3y","price":1000000,"resource":"res_01kdvdna05e7x91gcjsz9ts55f","round":3,"site":"site_01kdvdna02f58sv7e9z0c1ht0h","units":1}','123b8c224bbe1106832bd34bffbf8508e8d88c446660a2a2028152b4c6b8e215','a9c418cdd3652fcbd8261b8f9ce20940e9f438a585b14eef726764609cdf76b5');
INSERT INTO "journal" VALUES(34,1767226800027000,'test','market.cleared',NULL,'round 3','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','a9c418cdd3652fcbd8261b8f9ce20940e9f438a585b14eef726764609cdf76b5','e5943c61a0fb236c5b1327febdc4d1d21bd30924be9356df47ccfb963ef23429');
INSERT INTO "journal" VALUES(35,1767226800028000,'test','run.accepted','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvesxwvek4ss459b1t07s1g','{"epoch":1,"job":"job_01kdvesxwtem3rdy3q31pqdc3y","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','e5943c61a0fb236c5b1327febdc4d1d21bd30924be9356df47ccfb963ef23429','4cec940a1c4f9c86e5c14fd01aaeaae542cfef32d0e1e8a15242a8adbc96634a');
INSERT INTO "journal" VALUES(36,1767226800029000,'test','run.running','org_01kdvdna0bf5f97f84sw7xcc7h','run_01kdvesxwvek4ss459b1t07s1g','{"epoch":1,"job":"job_01kdvesxwtem3rdy3q31pqdc3y","site":"site_01kdvdna02f58sv7e9z0c1ht0h"}','4cec940a1c4f9c86e5c14fd01aaeaae542cfef32d0e1e8a15242a8adbc96634a','9a2a0198342c5b9d9e149aec5bcc2facc8c9df0c14ac5c3cb9d30a2256226d9e');
INSERT INTO "journal" VALUES(37,1767227400030000,'test','job.queued','org_01kdvdna0bf5f97f84sw7xcc7h','job_01kdvfc7tyefkrf8qa42sf2k4m','{"name":"job","purpose":"user"}','9a2a0198342c5b9d9e149aec5bcc2facc8c9df0c14ac5c3cb9d30a2256226d9e','643c50651a7b0b618d1be1ce051bcfa60c1ad94a49e198595d3e538546c2322d');
CREATE TABLE leader (
	duty TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	holder TEXT, 
	beats INTEGER NOT NULL, 
	since_us INTEGER NOT NULL, 
	PRIMARY KEY (duty)
)
 STRICT

;
CREATE TABLE member (
	id TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	revoked_us INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (organisation, name), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "member" VALUES('member_01kdvdna0df3m8qv6qp0w9hmcg','org_01kdvdna0bf5f97f84sw7xcc7h','owner','owner',1767225600013000,NULL);
CREATE TABLE offer (
	id TEXT NOT NULL, 
	resource TEXT, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	price INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (price >= 0), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "offer" VALUES('offer_01kdvdna0afwn9aft8y6g9yxnn','res_01kdvdna05e7x91gcjsz9ts55f','org_01kdvdna01f29s4fr84g98pbsk','open','cpu','gz',1000000,'{"chip":"cpu","hub":"gz","id":"offer_01kdvdna0afwn9aft8y6g9yxnn","listing":null,"owner":"org_01kdvdna01f29s4fr84g98pbsk","price":1000000,"resource":"res_01kdvdna05e7x91gcjsz9ts55f","spot":false,"state":"open","terms":"","units_max":null,"units_min":1,"window":["2026-01-01T00:00:00.009000Z","2026-01-31T00:00:00.009000Z"]}',1767225600010000);
CREATE TABLE organisation (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
)
 STRICT

;
INSERT INTO "organisation" VALUES('org_01kdvdna01f29s4fr84g98pbsk','seller',1767225600001000);
INSERT INTO "organisation" VALUES('org_01kdvdna0bf5f97f84sw7xcc7h','buyer',1767225600011000);
CREATE TABLE receipt (
	id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	site TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	envelope TEXT NOT NULL, 
	state TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	signed_us INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (run), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
INSERT INTO "receipt" VALUES('rcpt_01kdve7kykf569mrevw8q485cb','run_01kdvdna0fekq949v6b0f2f8e0','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna0bf5f97f84sw7xcc7h','site_01kdvdna02f58sv7e9z0c1ht0h',166667,'{"kind":"receipt","payload":{"amount":"0.166667","currency":"CNY","epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","limit":"1.00","lines":[{"amount":"0.166667","end":"2026-01-01T00:10:00.018000Z","residue":"-200000000","start":"2026-01-01T00:00:00.017000Z","units":1}],"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","price":"1.00","receipt":"rcpt_01kdve7kykf569mrevw8q485cb","residue":"-200000000","run":"run_01kdvdna0fekq949v6b0f2f8e0","seller":"org_01kdvdna01f29s4fr84g98pbsk","site":"site_01kdvdna02f58sv7e9z0c1ht0h","site_name":"north","state":"succeeded","unit":"core-hour","waived":[]},"signatures":[{"key":"hxeTV7CLG-nV0tAyikm3VjPvLgZmhdctBQQ2MPK7nP0","role":"exchange","value":"DtpQAkOYclrx38G10RTzi2QykavtlKbiMzA3B08wPMu-pVwaaTeayMozin7zV1Rf1TB-WXZCv5gF-JmVDwQ7Ag"}]}','awaiting-site',1767226200019000,NULL);
INSERT INTO "receipt" VALUES('rcpt_01kdvesxwsf21awbnhahzha194','run_01kdve7kynf42904qg6yv4ss12','job_01kdve7kymec1a73yn8y93mwv9','org_01kdvdna0bf5f97f84sw7xcc7h','site_01kdvdna02f58sv7e9z0c1ht0h',166667,'{"kind":"receipt","payload":{"amount":"0.166667","currency":"CNY","epoch":1,"job":"job_01kdve7kymec1a73yn8y93mwv9","limit":"1.00","lines":[{"amount":"0.166667","end":"2026-01-01T00:20:00.024000Z","residue":"-200000000","start":"2026-01-01T00:10:00.023000Z","units":1}],"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","price":"1.00","receipt":"rcpt_01kdvesxwsf21awbnhahzha194","residue":"-200000000","run":"run_01kdve7kynf42904qg6yv4ss12","seller":"org_01kdvdna01f29s4fr84g98pbsk","site":"site_01kdvdna02f58sv7e9z0c1ht0h","site_name":"north","state":"failed","unit":"core-hour","waived":[]},"signatures":[{"key":"hxeTV7CLG-nV0tAyikm3VjPvLgZmhdctBQQ2MPK7nP0","role":"exchange","value":"2Fy2Vhg0Ezlf9fX3pGf1YTvoYv2dLqknIYOELJMA6k3R-X3_Jz69Z1QrJKOVSyYuieFUf-Ui-neU6TUq_3MvCw"}]}','awaiting-site',1767226800025000,NULL);
CREATE TABLE request (
	id TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	signature TEXT NOT NULL, 
	pinned INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	refusal TEXT, 
	round INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (job)
)
 STRICT

;
INSERT INTO "request" VALUES('req_01kdvdna0ef2ja9vf6mhnmscj2','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna0bf5f97f84sw7xcc7h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:00:00.014000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdna0ef2ja9vf6mhnmscj2","job":"job_01kdvdna0eejga45xynqdw95pb","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdve7kymf309hw9nt9fnawg3','job_01kdve7kymec1a73yn8y93mwv9','org_01kdvdna0bf5f97f84sw7xcc7h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:10:00.020000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdve7kymf309hw9nt9fnawg3","job":"job_01kdve7kymec1a73yn8y93mwv9","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvesxwtfv39bsv1t5vk3brg','job_01kdvesxwtem3rdy3q31pqdc3y','org_01kdvdna0bf5f97f84sw7xcc7h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:20:00.026000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvesxwtfv39bsv1t5vk3brg","job":"job_01kdvesxwtem3rdy3q31pqdc3y","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvfc7tyek7963benwaf8wsz','job_01kdvfc7tyefkrf8qa42sf2k4m','org_01kdvdna0bf5f97f84sw7xcc7h','open','posted',0,'466b51c9a94a76cc',0,'{"arrived_at":"2026-01-01T00:30:00.030000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvfc7tyek7963benwaf8wsz","job":"job_01kdvfc7tyefkrf8qa42sf2k4m","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":64,"cpus_exact":false,"disk_bytes":64000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":32768000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
CREATE TABLE resource (
	id TEXT NOT NULL, 
	site TEXT NOT NULL, 
	name TEXT NOT NULL, 
	class TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	chip_memory_bytes INTEGER NOT NULL, 
	isolation TEXT NOT NULL, 
	machines TEXT NOT NULL, 
	host_digest TEXT NOT NULL, 
	host TEXT NOT NULL, 
	identifier TEXT, 
	descriptor TEXT, 
	certificate TEXT, 
	score INTEGER, 
	latency_us INTEGER, 
	in_market_until_us INTEGER, 
	state TEXT NOT NULL, 
	updated_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (site, name), 
	FOREIGN KEY(site) REFERENCES site (id), 
	UNIQUE (identifier)
)
 STRICT

;
INSERT INTO "resource" VALUES('res_01kdvdna05e7x91gcjsz9ts55f','site_01kdvdna02f58sv7e9z0c1ht0h','pool','general','cpu',0,'sandbox','[{"accelerators":0,"cpus":4,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m0"}]','sha256:dc365e79d41cfae1c3c0d969319ae62165b81b1815a86c32bbc6c64cbdf2311b','{"cpus":4,"memory_bytes":68719476736,"simulated_machines":false}','cn.demo/seller/CN-520100/general/0001-K','{"kind":"descriptor","payload":{"available":{"accelerators":0,"at":"2026-01-01T00:00:00.009000Z","cpus":4,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"certificate":"cert_01kdvdna08f8abj9hgb7s8r42x","chip":"cpu","hardware":{"simulated_machines":false},"hub":"gz","identifier":"cn.demo/seller/CN-520100/general/0001-K","isolation":"sandbox","metrics":[{"density":"dense","name":"throughput_per_unit","source":"directly measured","statistics":"mean","unit":"MFLOP/s","value":1000},{"name":"latency_to_exchange","source":"directly measured","statistics":"mean","unit":"us","value":1000}],"offers":"/v1/offers?chip=cpu&hub=gz","sequence":1767225600009,"site":"north","status":"active","total":{"accelerators":0,"cpus":4,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"valid_from":"2026-01-01T00:00:00.009000Z","valid_until":"2026-04-01T00:00:00.009000Z"},"signatures":[{"key":"tKZLVQY1JOIaeyOsSe_BlVYpHKWzJlTorGzR8bNLz9k","role":"owner","value":"q4j8Wl0ItwOPN9A6ORTOhIRxRm3c1XD5yD1eSLa9ukA6BKhWJk0sh7O2TDRg7UQazIUcMc8bNRIiUtmlLys-BQ"}]}','cert_01kdvdna08f8abj9hgb7s8r42x',1000,1000,1769817600008000,'active',1767225600009000);
CREATE TABLE round (
	number INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	prices TEXT, 
	book BLOB NOT NULL, 
	clearing BLOB NOT NULL, 
	book_digest TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	trades INTEGER NOT NULL, 
	refusals INTEGER NOT NULL, 
	PRIMARY KEY (number)
)
 STRICT

;
INSERT INTO "round" VALUES(1,'posted-price',1767225600015000,NULL,X'789CB5554D6FA33010FD2F3EA7ADA11042AE7B5C694F7BDA55851C3304276053DB24A455FEFB8E8D29A4EA7EF4B0124AC01ECFC79B79CFAF8459B225318DD77734C2E73BA55BFFDCD328A594FE202BC259C7B8B0020CD9BE120DA6A0D1B13C9592D114B2218FF6FC605E726BD2B47216AC69D419CA42E93D93C2302B94C4A33F9FD0552D3A8CC7BB9E8C1F450BADD2976277B1CE3DC5552525700B25D95ADDC38A9420057AEB7ADD2903C151099DADD193E135947DC3760DA0C7BADFE1DAFE055F051EB3A212A05D3C795F629C07034D03FAE1CBB7BB34A611A50F7B90A059F3809546775FDD3159B44C1FC14ED185518DAFC00563B2DCA901CD700924BF143DA6837E30ED966139D2A78708700E188859A543519DB34C306F618E53B1719464C9E6719D6CBC831B20D69B2CCA936C9D3DAE5744B216307C4BC9F5698E54586559F3FFE3A9B3F420623BE7C647559C9BA4D29B649F6FBA9D39926058F452D83189AE61DCF979831B6D707A409F5C3B4173EC9037C445D56B6FFB97E95A61C39586097423AC3BE4FEE65371956ECC2983FC85F2A8B6B426A36111CA924AE3E85CAF987055811E3B7633983763E42A77767300569D65CE2ABBB9ACF7F96590D20D843056C83DD9CABE693E8159A7050FE5F88A3E0545A710BF8A3506E7D458E6B1501DB87C2CE8162B23F8EA1B82533D4CC9850581231DADC859C8529D11848F5580E64105A6DDC70F769FDC9C744C23C0D623FA7A75A53CF7606C6084D6C2B5FD0F7293844025B0B2C1019FD285A1F37AE0C9F6B8A674C2CAF706A3CC2841151F587EAAD66D2D5BC30F31BA3B28D74CFC5D98C161CF9274B8C8E7F29CA7DD8E38560D4568C618D62D04868505553A8051849C38214B004A33EA1D162D51244EBFA5FF3FC89E676C34BE1430303EF77649E288CE00E09C063974C9D63838CDA5E098DF5BCA3751D2289E4E868DDB309EAFC1A166F2E8F372CC096BBD81623173AEE71CB417D959AC99659E68934EBBEFA5631878D397D8CD85E3B98E37B51DC773A1B8B3BE4663B94B091EAB9560CF4A1F3DC5A5BB0E9671C3F5E128E198BFB89ADED37457A5559E559BC49CB381F3ACF63405683B2BDC3513A2E1B0282DEC6554B05E163BA8BC348DDBEFF988801AA72273C71D0DC7912BF0861DCF394CB5EAA59BEC885C7F01710C78CF',X'789C9550CB6E84300CFC179F39C056D0C2AF542BE40D09841287E641D95DF1EF75D056AC7A6A7D9A4C6CCF78EE303B2DA487E6FD0E62D0333420E608190CF1C2B8BF31D4DE4E18B425263C5277B12BB3065DAF092726AD52D2B579F1D12D1D618EEA8B6A54E1ED5AF5F57525E2EE5D069A22DF2B83483AB06AB19D337052458F5332C12F3FA07B1842632385A7A95DE86F8249A08DBCE7A5CA1F95B482C3EE67FB14A4233E6C6163BC5C581F5AA60C7F7318D6CC311C96B774312744FB34981CCEFFF2F33B00273FA3F47C5C42C7A854A711EB45556620E3C57882D4EA6D74693AC1A3B794AF6B5DF462F4B73AF8B254F09CEBF60DEC919C05','sha256:9536b435f8d706ab063040bb2c8427ae5b08e1cfd808041b24072c0932b48e93','sha256:9b98bf0ea603f1fcb6e2afd99da363eaa4a79c9fc73e0b52a6cd1b5af63a33fd',1,0);
INSERT INTO "round" VALUES(2,'posted-price',1767226200021000,NULL,X'789CB555CB92AB3610FD17AD3D77047E00DE6699AAACB24A6A8A924563740D1291848199F2BFA75BC080A7F2BA8B54B96CDCB4FA71FAF4D107139E9D59CCE3D30B8FF0F32BE7E7889F39FFC6E38873FE1BDB31295A219557E0D8F9835970398F6EC5BDD0821F2119B2E82ABFBBF7CCBBE3B1240F51D7A6872237F62AB472C22BA3F1E8EF6F18AA522DE6936DC7A63F79038DB1637E193D85E768355A83F450B0B3B71DEC58015A61B4B6B3AD7130072AA0F5154672B282A2ABC5A5068C587517B45DDFF151E131AF4A0596F2E96F05E6797550D7605F7FFAE5E518736CEFF50A1AACA85FB1D3E8E5673AA6F346D81BF825BB72A60E1D5032A18B8B19D00D4DA0E59877580EC1B4638DC07674280F1190123091F0C6CE4DB5E479C0BA95BB2DCDC6D12139A4FBD3210D019E8038A549941D9253B23FED98160D60FA86B3C7DB9A29F7C68BFAFFCF677A1D40C471AE838FCA387387D2A6876B96B6177763B363DE69E5A722DA5A488AF30937FA207BC0DE699C60254E2838A2D17436F8FE0BBB763870636101DD294F87E8673D1597C7D4DD13C8DEB98C2ACF2B3639E6735BDA58A4CEE381059725D869624FC47CA211754E7E6B0251F63A13A54FC7D3351B07AD8910CA79A5AFECACBBBAFE01CC5AABE4DC4EE8E887A0680DE2578ADA214F9D17010BD302D5E3C136D819C3C7301064F5B014371B14523ADAB15EE9C2F408C21715E0930AF06C5681E5EDFE2FDEBE114F5A6111601F10FD78502B7F74E0FCBC11D62A1AFB3FC80D9F1315208A1A09BE940B431BF4202CDBFEC4F98255980D66995082E43636E59E67559F699F955AF4D73D86FB6E6898F8BD71031989643FEA74CCF64D7FCF186DD590CFC398D29261DEB0D9600A02184588C409B704A07093DE61D31A45E2FEB7EBFF1F642F6C6C343DE43008B9CE76BBC4115F01409ECE7248C556489C7ACC25D6F759F2539663142F27E717CF69C2BECE01ADD0B750176DCE6CEB1CE41BCED1CC25D820B2AB580B2FC2A22D3A4DFFB78161907557E0343781D73E3ED576A2E74671577D8DA676B7123C75ABC1F7C6DEC28A6BBA0EB679E7EB835682367F73357D5DD34B792CB3A44C0FAE4F0629932AAC2940D37A45D7CC9C0DC962ACF2E3A4609DCE2F5006699A5E7FDD4704D4918AAC13A7359C2897E30D3B9D234CADE934313B668F3F01BCE97831',X'789C9550CB7283300CFC179D39C0302435BFD2C9300AD8E006CBD48F00C9F0EF95693AC9F4D4EAB45E4BDAD5DE6172BA951EEAF73BB4839EA086768A90C110CF8CFB1B43EDED88415B62C2237567BB306BD0F59A7064D22A255D931797EEDA11E6A86612A8C2DB7AE8C5BA1071F72E037591EF9541241D58B5D84E1938A9A2C73199E0971FD03D0CA1B191C2CBD42EF437C124D044DE531EF24725ADE0B0FBD93E06E9880FBBB2315EDE5A1F1AA60C7F7318D64C313C2D6FE9624E88F66930399CFEE5E777004E7E46E9F9B884BE47E5F1B21A55E662980505A108E7BE84D4EA6D74693AC1A74C258F8B28FAF6C3DF44F055A5E035D7ED0BDFE59BD5','sha256:d88eff7ce26456c65984f5173472e61f2fe111f17ba8636f2255f4a51eb9f17e','sha256:d3d1c5962b345b7ec537f9cc100bebacb42f3957bb60169d772cbc8292de03c4',1,0);
INSERT INTO "round" VALUES(3,'posted-price',1767226800027000,NULL,X'789CB5554D8FA33810FD2F3EA7A70D2421E4BAC795F6B4A71DB590B18BC413B069DB24D0ADFCF7291BD390D6CCECCE61A5282145B93EDF7B7E27CC91234969BA7FA2097EFEA6F498D223A55F689A534AFF211BC259C7B874122C39BE1303B6A4C9455C85627407F9502427FECDBE15CEEE76B5F7604DA36F204A6D4E4C49CB9CD40A8F7E7DC15067D9613EDEF564FA53B6D06A3396D5E87C788A56AD147007821C9DE96143042889D1BADE74DA420C24A073678C64F91944DFB0AA018C78EE2BB49DDEF051E231276B09C6E7535F04E679B6D034609EFFF8EB6997D284D2E7132830AC79C64E93A73FFD3155B6CC5CC0CDD9A5D54DE8C027634A547A40373481E263D963391807CB6E19B6A342793801CE011331A74D6CAAF39E5BAC5BDACBDC6C9A6CF3ED21DB6F0F21C0C320F6873C29B6F93ECFF61BA2580B98BEA5E4FEB2642A9D76ACF9FFF3E99B0A43C4752E8B4FEAB4B0DBDA1CB6A7E2D055F642A263D92BE9A622BA86711FE763DCE883E80173F5EB04C37143C1118DBA37C1F75FD0B5C1856B03F3D0AD74FE90FF594EA5F5EE60AF39146F94276747CF64722C635B4A1B84CEFD8E05D7359869630FC07C8091EFDCFB2D09587D5305ABDD61DC9F8A7150CA03425A27D5891C55DF34BF31B3CE481EDB091DFDD6283A8DF3AB596311A7D6B1300BDD81AFC78169B133828F612188EA612E2E1A24423AD9909B5442DF70089F54804E2A408BA802F3DBEC076F5F3C4E3A6670C02E4CF4FDEE5B79EDC1BAC80863A45FFB2FE4661F130960A24180CFE5C2D0053D0864CBF694CEB30ABBC12CD394C00E37575FB3A2B2D7C4EDAE97AC32270CF74DFB65E2F7CA0DDACC88317BCD92EE55F06C249E5543199731A5F586C8B068D0C20F1845C88B13B20440D849EFB069852271FD29FDFF83EC05C626D3430903E3CB6ED7244EE83200C46994435FEC1981D38C25C7FA3E4A7EC8B24BD2F9647CF19826F03506344C5D425D9E39D1D65B285798F33BE76082C82E62CD1C0B449B75DAFF5F07868137BDC06DAE022F7D7CA8ED04CF95E22EFA9A4CEDAE2578EA5681BB6973091457FE3A58E78DD787A78467FEEA6AFA4CD3AADED5455E1FB6F6960F9CE7E7405380B673D25F33311B82451BE9C649C17A55565007699A5E7FE6230ED47A155936EE693841AEC41B763AE7676A74AF3CB23372FF0E49E67972',X'789C9550D16E83300CFC173FF30042B4835F992A142081ACE0B0D8A1B415FF3E87756AB5A7CD4F978BED3BDF1D666F5B4D50BDDFA11DEC0C15B473800486D008EE6F022DB951B175280429EC1AB70A3B29DF5B54A390CE18EDEB343B774B872A55E682A532FC763DF4E5754594EE5D06AA2CDD2B8180964535DB4E09786D02A9319A90170DCA3F0CA9C905E497A95DE86F8251A00EB2273FA48F8A5AEC55F7B37D64ED510E5BC4982C6F1D712DD424DF12869BE6C04FCB5BBC5812C27D1AA6144EFFF2F33B00AF3F8326392EA2EF514DEB85CD92970D2D1917CB396F7C0FB1955CF0713AC2A74CA18F6B99F5ED07DD4AA6A230F09AEBF60509BC9C64','sha256:50c67e6b50d2329f78068328a54b1730ee48f8a300936a4d218149107b2976d8','sha256:58fa4394df0ce3203b9f8de93589d911351fa671fa9a0fad77a7641e96df1f7b',1,0);
CREATE TABLE run (
	id TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	site TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	trade TEXT NOT NULL, 
	state TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	allocation TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	units INTEGER NOT NULL, 
	price INTEGER NOT NULL, 
	next_seq INTEGER NOT NULL, 
	cancel_us INTEGER, 
	assigned_us INTEGER NOT NULL, 
	accepted_us INTEGER, 
	started_us INTEGER, 
	finished_us INTEGER, 
	ended_us INTEGER, 
	checkpoint_us INTEGER, 
	exit_code INTEGER, 
	reason TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	cpu_us INTEGER NOT NULL, 
	memory_peak_bytes INTEGER NOT NULL, 
	first_output_us INTEGER, 
	preemptible INTEGER NOT NULL, 
	displaced INTEGER, 
	waits_for TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (job, epoch), 
	FOREIGN KEY(job) REFERENCES job (id), 
	FOREIGN KEY(site) REFERENCES site (id), 
	FOREIGN KEY(resource) REFERENCES resource (id)
)
 STRICT

;
INSERT INTO "run" VALUES('run_01kdvdna0fekq949v6b0f2f8e0','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna0bf5f97f84sw7xcc7h',1,'site_01kdvdna02f58sv7e9z0c1ht0h','res_01kdvdna05e7x91gcjsz9ts55f','trade_01kdvdna0ffbns1vd85y7pt1ar','succeeded','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"interactive":false,"isolation":"sandbox","job":"job_01kdvdna0eejga45xynqdw95pb","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","outputs":[],"run":"run_01kdvdna0fekq949v6b0f2f8e0","secret_names":[],"setup":"","site":"site_01kdvdna02f58sv7e9z0c1ht0h","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767225600015000,1767225600016000,1767225600017000,1767226200018000,1767226200019000,NULL,0,'','',0,0,NULL,0,NULL,'[]');
INSERT INTO "run" VALUES('run_01kdve7kynf42904qg6yv4ss12','job_01kdve7kymec1a73yn8y93mwv9','org_01kdvdna0bf5f97f84sw7xcc7h',1,'site_01kdvdna02f58sv7e9z0c1ht0h','res_01kdvdna05e7x91gcjsz9ts55f','trade_01kdve7kyned59wxv9p47m41dm','failed','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"interactive":false,"isolation":"sandbox","job":"job_01kdve7kymec1a73yn8y93mwv9","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","outputs":[],"run":"run_01kdve7kynf42904qg6yv4ss12","secret_names":[],"setup":"","site":"site_01kdvdna02f58sv7e9z0c1ht0h","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767226200021000,1767226200022000,1767226200023000,1767226800024000,1767226800025000,NULL,1,'','',0,0,NULL,0,NULL,'[]');
INSERT INTO "run" VALUES('run_01kdvesxwvek4ss459b1t07s1g','job_01kdvesxwtem3rdy3q31pqdc3y','org_01kdvdna0bf5f97f84sw7xcc7h',1,'site_01kdvdna02f58sv7e9z0c1ht0h','res_01kdvdna05e7x91gcjsz9ts55f','trade_01kdvesxwvebhrpq3m4wzshrkq','running','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"interactive":false,"isolation":"sandbox","job":"job_01kdvesxwtem3rdy3q31pqdc3y","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna0bf5f97f84sw7xcc7h","outputs":[],"run":"run_01kdvesxwvek4ss459b1t07s1g","secret_names":[],"setup":"","site":"site_01kdvdna02f58sv7e9z0c1ht0h","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,2,NULL,1767226800027000,1767226800028000,1767226800029000,NULL,NULL,NULL,NULL,'','',0,0,NULL,0,NULL,'[]');
CREATE TABLE run_event (
	run TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	event TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (run, seq), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',0,'accept',1767225600016000,'{"at":"2026-01-01T00:00:00.015000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',1,'start',1767225600017000,'{"at":"2026-01-01T00:00:00.016000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',2,'finish',1767226200018000,'{"at":"2026-01-01T00:10:00.017000Z","cpu_us":0,"detail":"","event":"finish","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',3,'succeed',1767226200019000,'{"at":"2026-01-01T00:10:00.018000Z","cpu_us":0,"detail":"","event":"succeed","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":3}');
INSERT INTO "run_event" VALUES('run_01kdve7kynf42904qg6yv4ss12',0,'accept',1767226200022000,'{"at":"2026-01-01T00:10:00.021000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdve7kynf42904qg6yv4ss12',1,'start',1767226200023000,'{"at":"2026-01-01T00:10:00.022000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdve7kynf42904qg6yv4ss12',2,'finish',1767226800024000,'{"at":"2026-01-01T00:20:00.023000Z","cpu_us":0,"detail":"","event":"finish","exit_code":1,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdve7kynf42904qg6yv4ss12',3,'fail',1767226800025000,'{"at":"2026-01-01T00:20:00.024000Z","cpu_us":0,"detail":"","event":"fail","exit_code":1,"memory_peak_bytes":0,"reason":"","seq":3}');
INSERT INTO "run_event" VALUES('run_01kdvesxwvek4ss459b1t07s1g',0,'accept',1767226800028000,'{"at":"2026-01-01T00:20:00.027000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvesxwvek4ss459b1t07s1g',1,'start',1767226800029000,'{"at":"2026-01-01T00:20:00.028000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "setting" VALUES('schema_version','2');
INSERT INTO "setting" VALUES('exchange_id','exch_01kdvdna00e9nv59tdwh9edd1r');
CREATE TABLE site (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	place TEXT NOT NULL, 
	depth TEXT NOT NULL, 
	state TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	public_key TEXT, 
	boot TEXT, 
	boots_past TEXT NOT NULL, 
	version TEXT NOT NULL, 
	inventory TEXT, 
	inventory_digest TEXT, 
	seen_us INTEGER, 
	created_us INTEGER NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "site" VALUES('site_01kdvdna02f58sv7e9z0c1ht0h','north','org_01kdvdna01f29s4fr84g98pbsk','gz','CN-520100','schedulable','active','{}','sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0','dc365e79d41cfae1c3c0d969319ae621','[]','0.1.0','{}','sha256:0000000000000000000000000000000000000000000000000000000000000000',1767225600007000,1767225600002000,'');
CREATE TABLE tes_task (
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	name TEXT NOT NULL, 
	tags TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (job), 
	FOREIGN KEY(job) REFERENCES job (id)
)
 STRICT

;
CREATE TABLE token (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	member TEXT, 
	site TEXT, 
	label TEXT NOT NULL, 
	secret_hmac TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	expires_us INTEGER NOT NULL, 
	used_us INTEGER, 
	used_key TEXT, 
	revoked_us INTEGER, 
	nonce TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(member) REFERENCES member (id), 
	FOREIGN KEY(site) REFERENCES site (id)
)
 STRICT

;
INSERT INTO "token" VALUES('n4semx28','enrol',NULL,'site_01kdvdna02f58sv7e9z0c1ht0h','','1b4deb726159bef1215da737562bfe98c2e41b283c1c920de349ac608b9e6af6',1767225600003000,1767229200003000,1767225600005000,'sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0',NULL,'d9f73817ce6e118d264aad6cb6dd210f');
CREATE TABLE trade (
	id TEXT NOT NULL, 
	round INTEGER NOT NULL, 
	request TEXT NOT NULL, 
	job TEXT NOT NULL, 
	offer TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	units INTEGER NOT NULL, 
	price INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (units > 0), 
	CHECK (price >= 0)
)
 STRICT

;
INSERT INTO "trade" VALUES('trade_01kdvdna0ffbns1vd85y7pt1ar',1,'req_01kdvdna0ef2ja9vf6mhnmscj2','job_01kdvdna0eejga45xynqdw95pb','offer_01kdvdna0afwn9aft8y6g9yxnn','res_01kdvdna05e7x91gcjsz9ts55f',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0afwn9aft8y6g9yxnn","price":1000000,"request":"req_01kdvdna0ef2ja9vf6mhnmscj2","resource":"res_01kdvdna05e7x91gcjsz9ts55f","units":1}',1767225600015000);
INSERT INTO "trade" VALUES('trade_01kdve7kyned59wxv9p47m41dm',2,'req_01kdve7kymf309hw9nt9fnawg3','job_01kdve7kymec1a73yn8y93mwv9','offer_01kdvdna0afwn9aft8y6g9yxnn','res_01kdvdna05e7x91gcjsz9ts55f',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0afwn9aft8y6g9yxnn","price":1000000,"request":"req_01kdve7kymf309hw9nt9fnawg3","resource":"res_01kdvdna05e7x91gcjsz9ts55f","units":1}',1767226200021000);
INSERT INTO "trade" VALUES('trade_01kdvesxwvebhrpq3m4wzshrkq',3,'req_01kdvesxwtfv39bsv1t5vk3brg','job_01kdvesxwtem3rdy3q31pqdc3y','offer_01kdvdna0afwn9aft8y6g9yxnn','res_01kdvdna05e7x91gcjsz9ts55f',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0afwn9aft8y6g9yxnn","price":1000000,"request":"req_01kdvesxwtfv39bsv1t5vk3brg","resource":"res_01kdvdna05e7x91gcjsz9ts55f","units":1}',1767226800027000);
CREATE TABLE transfer (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	debit TEXT NOT NULL, 
	credit TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	pending_id TEXT, 
	job TEXT, 
	document TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CHECK (amount >= 0), 
	CHECK (debit <> credit), 
	UNIQUE (id)
)
 STRICT

;
INSERT INTO "transfer" VALUES(1,'tx_01kdvdna0cfye8scf2khjrspgm','cash','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance',10000000,'deposit',NULL,NULL,'{"amount":"10000000","at":"2026-01-01T00:00:00.012000Z","credit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","debit":"cash","id":"tx_01kdvdna0cfye8scf2khjrspgm","job":null,"kind":"deposit","memo":"paid in","pending":null,"receipt":null,"run":null}',1767225600012000,'0000000000000000000000000000000000000000000000000000000000000000','d365d704eeee3e0105acc21b61cb18ac527f09f16ec9018a085f9a3d16ffffea');
INSERT INTO "transfer" VALUES(2,'tx_63390htg6fmyaknq8jr37ykgrx','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdvdna0eejga45xynqdw95pb','{"amount":"1000000","at":"2026-01-01T00:00:00.015000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","id":"tx_63390htg6fmyaknq8jr37ykgrx","job":"job_01kdvdna0eejga45xynqdw95pb","kind":"hold","memo":"held for run_01kdvdna0fekq949v6b0f2f8e0","pending":null,"receipt":null,"run":"run_01kdvdna0fekq949v6b0f2f8e0"}',1767225600015000,'d365d704eeee3e0105acc21b61cb18ac527f09f16ec9018a085f9a3d16ffffea','90aa12408d9dc2fc71297ae82a1b45d0a937b96817dc3e336712b87ea0a14241');
INSERT INTO "transfer" VALUES(3,'tx_1pz8hnd4ke0ktdkmpa25rvr3rh','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',166667,'post','tx_63390htg6fmyaknq8jr37ykgrx','job_01kdvdna0eejga45xynqdw95pb','{"amount":"166667","at":"2026-01-01T00:10:00.019000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","id":"tx_1pz8hnd4ke0ktdkmpa25rvr3rh","job":"job_01kdvdna0eejga45xynqdw95pb","kind":"post","memo":"receipt rcpt_01kdve7kykf569mrevw8q485cb","pending":"tx_63390htg6fmyaknq8jr37ykgrx","receipt":"rcpt_01kdve7kykf569mrevw8q485cb","run":"run_01kdvdna0fekq949v6b0f2f8e0"}',1767226200019000,'90aa12408d9dc2fc71297ae82a1b45d0a937b96817dc3e336712b87ea0a14241','7f5442cdea9b38a1699b463e23b65b2ae103bac2fc81a7b3bc707310632fd62b');
INSERT INTO "transfer" VALUES(4,'tx_8tk91kdd2sd0q0gbx5zn2whqrm','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdve7kymec1a73yn8y93mwv9','{"amount":"1000000","at":"2026-01-01T00:10:00.021000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","id":"tx_8tk91kdd2sd0q0gbx5zn2whqrm","job":"job_01kdve7kymec1a73yn8y93mwv9","kind":"hold","memo":"held for run_01kdve7kynf42904qg6yv4ss12","pending":null,"receipt":null,"run":"run_01kdve7kynf42904qg6yv4ss12"}',1767226200021000,'7f5442cdea9b38a1699b463e23b65b2ae103bac2fc81a7b3bc707310632fd62b','4c683e38b952ea9a50add7ac627f085076b3bcb0003448952a0c9d257299e674');
INSERT INTO "transfer" VALUES(5,'tx_40epedhc54vb3jpcra7ss2912c','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',166667,'post','tx_8tk91kdd2sd0q0gbx5zn2whqrm','job_01kdve7kymec1a73yn8y93mwv9','{"amount":"166667","at":"2026-01-01T00:20:00.025000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","id":"tx_40epedhc54vb3jpcra7ss2912c","job":"job_01kdve7kymec1a73yn8y93mwv9","kind":"post","memo":"receipt rcpt_01kdvesxwsf21awbnhahzha194","pending":"tx_8tk91kdd2sd0q0gbx5zn2whqrm","receipt":"rcpt_01kdvesxwsf21awbnhahzha194","run":"run_01kdve7kynf42904qg6yv4ss12"}',1767226800025000,'4c683e38b952ea9a50add7ac627f085076b3bcb0003448952a0c9d257299e674','cbfbf54d68734237dd9c43d57af9faa6817d66880c8a0bf97928d1f277f36cfd');
INSERT INTO "transfer" VALUES(6,'tx_ea2hxjx57jx36642n7j7x5fsr2','org:org_01kdvdna0bf5f97f84sw7xcc7h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdvesxwtem3rdy3q31pqdc3y','{"amount":"1000000","at":"2026-01-01T00:20:00.027000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna0bf5f97f84sw7xcc7h:balance","id":"tx_ea2hxjx57jx36642n7j7x5fsr2","job":"job_01kdvesxwtem3rdy3q31pqdc3y","kind":"hold","memo":"held for run_01kdvesxwvek4ss459b1t07s1g","pending":null,"receipt":null,"run":"run_01kdvesxwvek4ss459b1t07s1g"}',1767226800027000,'cbfbf54d68734237dd9c43d57af9faa6817d66880c8a0bf97928d1f277f36cfd','b72f6a91d6d936052656e2b5c1584f92d3944f5599407abaa38ef0f43237edb4');
CREATE TABLE voucher (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	issuer TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	document TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(holder) REFERENCES organisation (id)
)
 STRICT

;
CREATE INDEX idempotency_age ON idempotency (created_us);
CREATE INDEX identity_subject ON identity_document (subject);
CREATE INDEX request_queue ON request (state, mode, pinned, signature, priority DESC, id);
CREATE INDEX round_priced ON round (number) WHERE prices IS NOT NULL;
CREATE INDEX trade_job ON trade (job);
CREATE INDEX transfer_credit ON transfer (credit, seq);
CREATE INDEX transfer_debit ON transfer (debit, seq);
CREATE INDEX transfer_pending ON transfer (pending_id);
CREATE INDEX transfer_job ON transfer (job);
CREATE INDEX journal_organisation ON journal (organisation, seq);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE INDEX voucher_holder ON voucher (holder);
CREATE INDEX token_member ON token (member);
CREATE INDEX job_organisation ON job (organisation, id);
CREATE INDEX job_organisation_state ON job (organisation, state, id);
CREATE INDEX job_after ON job ("after");
CREATE INDEX job_state ON job (state, id);
CREATE INDEX challenge_job ON challenge (job);
CREATE INDEX certificate_resource ON certificate (resource);
CREATE INDEX offer_organisation ON offer (organisation, id);
CREATE INDEX offer_state ON offer (state, id);
CREATE INDEX bank_deposit_state ON bank_deposit (state, id);
CREATE INDEX bank_deposit_organisation ON bank_deposit (organisation, id);
CREATE INDEX tes_task_of ON tes_task (organisation, job);
CREATE INDEX run_state ON run (state);
CREATE INDEX run_site_state ON run (site, state);
CREATE INDEX receipt_organisation ON receipt (organisation, id);
CREATE INDEX receipt_job ON receipt (job);
CREATE INDEX receipt_site_state ON receipt (site, state);
CREATE INDEX receipt_created ON receipt (created_us);
COMMIT;
