-- An exchange as version 5 wrote it; its public key: Wb471epuBL9MfwbB0sTgARoGzZEBRryvP7FuJjO1fxk
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
INSERT INTO "account" VALUES('cash',100000000,0,0,1);
INSERT INTO "account" VALUES('org:org_01kdvdna02f58sv7e9z0c1ht0h:balance',16668,100000000,1000000,0);
INSERT INTO "account" VALUES('org:org_01kdvdna01f29s4fr84g98pbsk:earnings',0,16668,0,0);
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
INSERT INTO "certificate" VALUES('cert_01kdvdna0cf3m8qv6qp0w9hmcg','res_01kdvdna09fye8scf2khjrspgm','{"kind":"certificate","payload":{"id":"cert_01kdvdna0cf3m8qv6qp0w9hmcg","latency_us":1000,"score":1000},"signatures":[{"key":"Wb471epuBL9MfwbB0sTgARoGzZEBRryvP7FuJjO1fxk","role":"exchange","value":"ArdrPA8aq8V5Z5MdIovGEsmcM2tbpUSZIG0cfPbCPq4pYNInFzYGXhoveJRZE3jZ0CIxoWF6gmWYSGhxV2LvCw"},{"key":"sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0","role":"site","value":"__7il5G6JVzVJY0JMsPXfx4tb-gRsMd0DJorvYvGCfbLNOD2zUmR4okI2kZZ27wSQWPk0JvJKC0XTEr-4tu2Aw"}]}',1767225600012000,1769817600012000,'valid');
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
CREATE TABLE data_contract (
	id TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	consumer TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	signatures TEXT NOT NULL, 
	deliveries INTEGER NOT NULL, 
	from_us INTEGER NOT NULL, 
	until_us INTEGER NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (from_us < until_us), 
	FOREIGN KEY(dataset) REFERENCES dataset (id), 
	FOREIGN KEY(provider) REFERENCES organisation (id), 
	FOREIGN KEY(consumer) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "data_contract" VALUES('ctr_01kdvdna0gekq949v6b0f2f8e0','ds_01kdvdna0ff2ja9vf6mhnmscj2','org_01kdvdna01f29s4fr84g98pbsk','org_01kdvdna02f58sv7e9z0c1ht0h','active','','{"consumer":"org_01kdvdna02f58sv7e9z0c1ht0h","consumer_name":"bison","dataset":"ds_01kdvdna0ff2ja9vf6mhnmscj2","dataset_name":"aurora/decisions","end":"2026-04-01T00:00:00.016000Z","hub":"","id":"ctr_01kdvdna0gekq949v6b0f2f8e0","place":"","price":{"amount":"0","kind":"free"},"provider":"org_01kdvdna01f29s4fr84g98pbsk","purpose":"training","start":"2026-01-01T00:00:00.016000Z","terms":{"count":null,"delete_after_days":null,"delivery":"copy","derive":true,"not_after":null,"not_before":null,"places":[],"purposes":[],"recipients":[],"redistribute":false,"release":{"bytes_max":1000000,"figures":true,"files":["*.json"],"files_max":16}}}','[{"key":"Dngu_c1Rb7LjRK_LLMBxJVMWx_vrWAhLyu637xPjdOk","role":"consumer","value":"0LjuwzIdCfIENv0jla0BO7w_nIdmiTe6uaNaWFOQrGgVx9Gunnsq11gBfuaCj_PKpHvvEx1S2xnp-UBXahhZBw"},{"key":"chhFmzux9yTmkSgwW92LmgF7Zvyag0fe5ZtE4ER4pIg","role":"provider","value":"bvVEX3pD3_PIDlNNtw_Zjo2LxpfnsYYZJwJun6YN-n1SO_L8w47HXZUmWq8wCvod-LgX1k4SRElE7CF83FPODg"}]',1,1767225600016000,1775001600016000,1767225600016000);
CREATE TABLE data_use (
	job TEXT NOT NULL, 
	contract TEXT NOT NULL, 
	PRIMARY KEY (job, contract), 
	FOREIGN KEY(job) REFERENCES job (id), 
	FOREIGN KEY(contract) REFERENCES data_contract (id)
)
 STRICT

;
CREATE TABLE dataset (
	id TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	versions INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	document TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (organisation, name), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "dataset" VALUES('ds_01kdvdna0ff2ja9vf6mhnmscj2','org_01kdvdna01f29s4fr84g98pbsk','decisions','listed',1,'aurora/decisions decisions of 2024 cc-by-4.0 law
licence:cc-by-4.0

grade:none

delivery:copy
','{"card":{"contact":"","description":"of 2024","grade":null,"keywords":["law"],"languages":[],"licence":"CC-BY-4.0","limits":[],"origins":[],"personal":"","title":"Decisions","uses":[]},"open":false,"price":{"amount":"0","kind":"free"},"terms":{"count":null,"delete_after_days":null,"delivery":"copy","derive":true,"not_after":null,"not_before":null,"places":[],"purposes":[],"recipients":[],"redistribute":false,"release":{"bytes_max":1000000,"figures":true,"files":["*.json"],"files_max":16}}}',1767225600015000);
CREATE TABLE dataset_version (
	dataset TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (dataset, number), 
	UNIQUE (dataset, digest), 
	FOREIGN KEY(dataset) REFERENCES dataset (id)
)
 STRICT

;
INSERT INTO "dataset_version" VALUES('ds_01kdvdna0ff2ja9vf6mhnmscj2',1,'716c2228fd7f94631a048c32d0d9b680a43d91c17787e0e74b006e00a67330da','{"cleaning":null,"derived_from":[],"digest":"716c2228fd7f94631a048c32d0d9b680a43d91c17787e0e74b006e00a67330da","made_at":"2026-01-01T00:00:00.015000Z","number":1,"parts":[{"held_by":"","media":"application/x-ndjson","path":"a.jsonl","records":2,"schema":"{\"type\": \"struct\", \"fields\": [{\"name\": \"text\", \"type\": \"string\", \"nullable\": true, \"metadata\": {}}]}","sha256":"c7b0777d14964df1ba9d6ce6ab1ae141e87bed840a8d640c7ee83cf7deccb33d","size":32},{"held_by":"","media":"application/x-ndjson","path":"b.jsonl","records":1,"schema":"{\"type\": \"struct\", \"fields\": [{\"name\": \"text\", \"type\": \"string\", \"nullable\": true, \"metadata\": {}}]}","sha256":"0ecf747cc6ff570747a36dca9127aaf376e566a121fd27be5d4f1bfa5196b5cd","size":18}],"run":null}');
CREATE TABLE delivery (
	id TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	contract TEXT, 
	provider TEXT NOT NULL, 
	consumer TEXT NOT NULL, 
	member TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	job TEXT, 
	parts TEXT NOT NULL, 
	records INTEGER, 
	bytes INTEGER NOT NULL, 
	charge INTEGER NOT NULL, 
	at_us INTEGER NOT NULL, 
	until_us INTEGER NOT NULL, 
	delete_by_us INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(dataset) REFERENCES dataset (id), 
	FOREIGN KEY(contract) REFERENCES data_contract (id), 
	FOREIGN KEY(provider) REFERENCES organisation (id), 
	FOREIGN KEY(consumer) REFERENCES organisation (id), 
	FOREIGN KEY(job) REFERENCES job (id)
)
 STRICT

;
INSERT INTO "delivery" VALUES('dlv_01kdvdna0jfbns1vd85y7pt1ar','ds_01kdvdna0ff2ja9vf6mhnmscj2',1,'ctr_01kdvdna0gekq949v6b0f2f8e0','org_01kdvdna01f29s4fr84g98pbsk','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','file','training',NULL,'3',3,50,0,1767225600018000,1767229200018000,NULL);
CREATE TABLE derivation (
	source TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (source, dataset, number), 
	FOREIGN KEY(dataset) REFERENCES dataset (id)
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
INSERT INTO "identity_document" VALUES('sha256:0b551a00aaa522edf190189b4e6a4d29b0bb19d94cf368acd190726a943837e5','delegation','cn.demo/aurora','{"kind":"delegation","payload":{"issuer":"cn.demo","key":"chhFmzux9yTmkSgwW92LmgF7Zvyag0fe5ZtE4ER4pIg","scope":"cn.demo/aurora","valid_from":"2026-01-01T00:00:00.010000Z","valid_until":"2027-01-01T00:00:00.010000Z"},"signatures":[{"key":"Wb471epuBL9MfwbB0sTgARoGzZEBRryvP7FuJjO1fxk","role":"issuer","value":"IwNd5N7kMD1VRNdmaBRvWY-MBf33ZzQm50oFFGp9O2WjhMhTWbt8TamlQ47nRL6qdwBevq1qKvHyV8BFMQpLAg"}]}',1767225600010000);
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
INSERT INTO "job" VALUES('job_01kdvdna0kf569mrevw8q485cb','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','job','user','succeeded',1,'run_01kdvdna0mf309hw9nt9fnawg3','','','',0,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","release":null,"retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767225600019000,1767225630024000,1767225630024000);
INSERT INTO "job" VALUES('job_01kdvdp7a9f21awbnhahzha194','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','job','user','succeeded',1,'run_01kdvdp7aafv39bsv1t5vk3brg','','','',0,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","release":null,"retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767225630025000,1767225660030000,1767225660030000);
INSERT INTO "job" VALUES('job_01kdvdq4kzek7963benwaf8wsz','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','a','user','placed',1,'run_01kdvdq4m0f0r9wecf209btjpe','','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"a","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","release":null,"retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,'batch_01kdvdq4kzefkrf8qa42sf2k4m',0,NULL,NULL,1000000,1767225660031000,1767225660032000,NULL);
INSERT INTO "job" VALUES('job_01kdvdq4kzewqbnf7d41byw1ed','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','b','user','queued',0,NULL,'north is busy just now','busy','wait until a run there ends',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"b","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","release":null,"retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,'batch_01kdvdq4kzefkrf8qa42sf2k4m',0,NULL,NULL,0,1767225660031000,1767225660032000,NULL);
INSERT INTO "job" VALUES('job_01kdvdq4m1fvpadt3nanbs1y1e','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','job','user','queued',0,NULL,'as the sites of this exchange stand it can run nowhere: no machine of north is that large: 4096 core(s), 1.9 TiB, 3.7 TiB disk per machine','nowhere','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":4096,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","release":null,"retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767225660033000,1767225660033000,NULL);
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
INSERT INTO "journal" VALUES(1,1767225600001000,'test','organisation.added','org_01kdvdna01f29s4fr84g98pbsk','org_01kdvdna01f29s4fr84g98pbsk','{"name":"aurora"}','0000000000000000000000000000000000000000000000000000000000000000','a60bf49fa30af46c60431869299b835f2b7099272f0eac71bad06c22152c33e4');
INSERT INTO "journal" VALUES(2,1767225600002000,'test','organisation.added','org_01kdvdna02f58sv7e9z0c1ht0h','org_01kdvdna02f58sv7e9z0c1ht0h','{"name":"bison"}','a60bf49fa30af46c60431869299b835f2b7099272f0eac71bad06c22152c33e4','ea039be7dcce136460693b9ff1543977402658f77ecb77bda3f29fbebd94ef8c');
INSERT INTO "journal" VALUES(3,1767225600003000,'test','ledger.toppedup','org_01kdvdna02f58sv7e9z0c1ht0h','tx_01kdvdna03f0fthrjxjg7dj13n','{"amount":"100.00","memo":"paid in"}','ea039be7dcce136460693b9ff1543977402658f77ecb77bda3f29fbebd94ef8c','2e9ebcc9fcb97502fb48d2391f5cb2850d1f883797730015284cde5f799bf49f');
INSERT INTO "journal" VALUES(4,1767225600004000,'test','member.added','org_01kdvdna01f29s4fr84g98pbsk','member_01kdvdna04e5g8k6agv0vfcxec','{"name":"owner","role":"owner"}','2e9ebcc9fcb97502fb48d2391f5cb2850d1f883797730015284cde5f799bf49f','c56e37c9d9b02b318774cf8f2dbb25d13de65fa27572c54c422814d5c9d499b8');
INSERT INTO "journal" VALUES(5,1767225600005000,'test','member.added','org_01kdvdna02f58sv7e9z0c1ht0h','member_01kdvdna05e4etp3amkdqg6stt','{"name":"owner","role":"owner"}','c56e37c9d9b02b318774cf8f2dbb25d13de65fa27572c54c422814d5c9d499b8','572cad9c194989f7c443b245c5b3ffcc47f3959d9cd29cebc8e771cb86cfb20d');
INSERT INTO "journal" VALUES(6,1767225600006000,'test','site.declared','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna06f389ee7qv4ysr5s4','{"depth":"schedulable","hub":"gz","name":"north","place":"CN-520100"}','572cad9c194989f7c443b245c5b3ffcc47f3959d9cd29cebc8e771cb86cfb20d','523444865f14074c63f981a159f55efe0b690c5a64936e83441295adc16e48c0');
INSERT INTO "journal" VALUES(7,1767225600007000,'test','site.invited','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna06f389ee7qv4ysr5s4','{"token":"6adcpx1f"}','523444865f14074c63f981a159f55efe0b690c5a64936e83441295adc16e48c0','8a40b3848f7dc86bd544284a5e690b2b8ac781eac28097aecc7eefb688b32fdd');
INSERT INTO "journal" VALUES(8,1767225600009000,'test','resource.reported','org_01kdvdna01f29s4fr84g98pbsk','res_01kdvdna09fye8scf2khjrspgm','{"name":"pool","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','8a40b3848f7dc86bd544284a5e690b2b8ac781eac28097aecc7eefb688b32fdd','3601d6a3c0acee4750287e4521b3c887215f80d81a99c661542be4b0723d0a43');
INSERT INTO "journal" VALUES(9,1767225600009000,'test','site.enrolled','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna06f389ee7qv4ysr5s4','{"fingerprint":"0863-388a-f016-547a"}','3601d6a3c0acee4750287e4521b3c887215f80d81a99c661542be4b0723d0a43','1bf08acb6b7c668214caa8fe7d530bfb5e809ebf77559ea9560becf9acc79368');
INSERT INTO "journal" VALUES(10,1767225600010000,'test','site.approved','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna06f389ee7qv4ysr5s4','{"by":"test"}','1bf08acb6b7c668214caa8fe7d530bfb5e809ebf77559ea9560becf9acc79368','7563287d800dcfef098eaed28437027593deb0d44931471733909320d9327f3f');
INSERT INTO "journal" VALUES(11,1767225600010000,'test','resource.identified','org_01kdvdna01f29s4fr84g98pbsk','res_01kdvdna09fye8scf2khjrspgm','{"identifier":"cn.demo/aurora/CN-520100/general/0001-0","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','7563287d800dcfef098eaed28437027593deb0d44931471733909320d9327f3f','09b6d88c02a29c30708b848616f55b628393f7ce705aba600301ca52ea15644e');
INSERT INTO "journal" VALUES(12,1767225600011000,'test','site.connected','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna06f389ee7qv4ysr5s4','{"version":"0.1.0"}','09b6d88c02a29c30708b848616f55b628393f7ce705aba600301ca52ea15644e','454ae48a95f2801e638894e283040994c2cb1ad60d839d7fa3dce861c1d68998');
INSERT INTO "journal" VALUES(13,1767225600013000,'test','certificate.valid','org_01kdvdna01f29s4fr84g98pbsk','cert_01kdvdna0cf3m8qv6qp0w9hmcg','{"resource":"res_01kdvdna09fye8scf2khjrspgm","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','454ae48a95f2801e638894e283040994c2cb1ad60d839d7fa3dce861c1d68998','633813df43525654e85bf5d68612b04ee14cd396966c1c27b9a834f57cd90bb2');
INSERT INTO "journal" VALUES(14,1767225600014000,'test','offer.posted','org_01kdvdna01f29s4fr84g98pbsk','offer_01kdvdna0eejga45xynqdw95pb','{"price":1000000,"resource":"res_01kdvdna09fye8scf2khjrspgm"}','633813df43525654e85bf5d68612b04ee14cd396966c1c27b9a834f57cd90bb2','4b9f476a276c5ed4345cc5773438f5139dc6015f94dff229f9c5a9f546a67bd8');
INSERT INTO "journal" VALUES(15,1767225600015000,'test','dataset.published','org_01kdvdna01f29s4fr84g98pbsk','ds_01kdvdna0ff2ja9vf6mhnmscj2','{"name":"aurora/decisions"}','4b9f476a276c5ed4345cc5773438f5139dc6015f94dff229f9c5a9f546a67bd8','b511847efbaf3db71eb69d0f8ed3bae743fe1c4fc2cd2e7ab46d54fb41dc383f');
INSERT INTO "journal" VALUES(16,1767225600015000,'test','dataset.versioned','org_01kdvdna01f29s4fr84g98pbsk','ds_01kdvdna0ff2ja9vf6mhnmscj2','{"bytes":50,"digest":"716c2228fd7f94631a048c32d0d9b680a43d91c17787e0e74b006e00a67330da","name":"aurora/decisions","parts":2,"version":"v1"}','b511847efbaf3db71eb69d0f8ed3bae743fe1c4fc2cd2e7ab46d54fb41dc383f','2b9d5ee93b4eee75a7923561dd1198b79c8eca4d7c896894d605f9164a102f6d');
INSERT INTO "journal" VALUES(17,1767225600016000,'test','contract.offered','org_01kdvdna01f29s4fr84g98pbsk','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions","purpose":"training"}','2b9d5ee93b4eee75a7923561dd1198b79c8eca4d7c896894d605f9164a102f6d','cd5791a243c2f34079fc9635b65f824f206c70110a60fcbe2ec1e3296829f87d');
INSERT INTO "journal" VALUES(18,1767225600016000,'test','contract.offered','org_01kdvdna02f58sv7e9z0c1ht0h','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions","purpose":"training"}','cd5791a243c2f34079fc9635b65f824f206c70110a60fcbe2ec1e3296829f87d','742b661b3e2549ad79b1f923339a887e1ce679d11e19e0b83d054608033720dc');
INSERT INTO "journal" VALUES(19,1767225600017000,'test','contract.agreed','org_01kdvdna01f29s4fr84g98pbsk','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions"}','742b661b3e2549ad79b1f923339a887e1ce679d11e19e0b83d054608033720dc','90d146400d7bb5ef918a3b0ddf3eacefc238e011829065457b50a4b8d4ccd6a4');
INSERT INTO "journal" VALUES(20,1767225600017000,'test','contract.agreed','org_01kdvdna02f58sv7e9z0c1ht0h','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions"}','90d146400d7bb5ef918a3b0ddf3eacefc238e011829065457b50a4b8d4ccd6a4','539c6db8b27895da9963f2f166c44511e1903066c08012f2cc0bc8a1c9d5ba7e');
INSERT INTO "journal" VALUES(21,1767225600017000,'test','contract.active','org_01kdvdna01f29s4fr84g98pbsk','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions"}','539c6db8b27895da9963f2f166c44511e1903066c08012f2cc0bc8a1c9d5ba7e','28b422e964b5902f8101ab7f5cfce1bf00444e86110b272749be13d1c7a51c25');
INSERT INTO "journal" VALUES(22,1767225600017000,'test','contract.active','org_01kdvdna02f58sv7e9z0c1ht0h','ctr_01kdvdna0gekq949v6b0f2f8e0','{"consumer":"bison","dataset":"aurora/decisions"}','28b422e964b5902f8101ab7f5cfce1bf00444e86110b272749be13d1c7a51c25','7c0ad59f0393a94f0f51149f01f437d428bc1015a640baefb5f64e55f48df61f');
INSERT INTO "journal" VALUES(23,1767225600018000,'test','data.delivered','org_01kdvdna01f29s4fr84g98pbsk','dlv_01kdvdna0jfbns1vd85y7pt1ar','{"channel":"file","consumer":"org_01kdvdna02f58sv7e9z0c1ht0h","contract":"ctr_01kdvdna0gekq949v6b0f2f8e0","dataset":"aurora/decisions","version":"v1"}','7c0ad59f0393a94f0f51149f01f437d428bc1015a640baefb5f64e55f48df61f','31773856a57ae0e5cf0770fdf4bf5a3f0cd848bf5c82a798986c5a87e780fd15');
INSERT INTO "journal" VALUES(24,1767225600018000,'test','data.delivered','org_01kdvdna02f58sv7e9z0c1ht0h','dlv_01kdvdna0jfbns1vd85y7pt1ar','{"channel":"file","consumer":"org_01kdvdna02f58sv7e9z0c1ht0h","contract":"ctr_01kdvdna0gekq949v6b0f2f8e0","dataset":"aurora/decisions","version":"v1"}','31773856a57ae0e5cf0770fdf4bf5a3f0cd848bf5c82a798986c5a87e780fd15','db632b59c1d40cb435af8865d5329edcaef73b7574725e65364d71763dce656a');
INSERT INTO "journal" VALUES(25,1767225600019000,'test','job.queued','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdna0kf569mrevw8q485cb','{"name":"job","purpose":"user"}','db632b59c1d40cb435af8865d5329edcaef73b7574725e65364d71763dce656a','0c5820e0344d89f88248db767622743da4d2d247f6bed935add2bee75cd13120');
INSERT INTO "journal" VALUES(26,1767225600020000,'test','run.assigned','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdna0mf309hw9nt9fnawg3','{"epoch":1,"job":"job_01kdvdna0kf569mrevw8q485cb","price":1000000,"resource":"res_01kdvdna09fye8scf2khjrspgm","round":1,"site":"site_01kdvdna06f389ee7qv4ysr5s4","units":1}','0c5820e0344d89f88248db767622743da4d2d247f6bed935add2bee75cd13120','e44c0c0089c0eee95972d0e8bdecfa15024e73e4e78fd5a4c0a6665ae1812736');
INSERT INTO "journal" VALUES(27,1767225600020000,'test','market.cleared',NULL,'round 1','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','e44c0c0089c0eee95972d0e8bdecfa15024e73e4e78fd5a4c0a6665ae1812736','1351cb08eba7117100230d7c961dd8d13a22cf46321f17e2c34cb779c6c26fac');
INSERT INTO "journal" VALUES(28,1767225600021000,'test','run.accepted','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdna0mf309hw9nt9fnawg3','{"epoch":1,"job":"job_01kdvdna0kf569mrevw8q485cb","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','1351cb08eba7117100230d7c961dd8d13a22cf46321f17e2c34cb779c6c26fac','982d28fda6e58323a2b17f42899cf52ee1fd12e141da8ee0f0cc38b19bc1b029');
INSERT INTO "journal" VALUES(29,1767225600022000,'test','run.running','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdna0mf309hw9nt9fnawg3','{"epoch":1,"job":"job_01kdvdna0kf569mrevw8q485cb","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','982d28fda6e58323a2b17f42899cf52ee1fd12e141da8ee0f0cc38b19bc1b029','2dd791943984084f6a0ebe2a9ab36962f7ef82432adcc7e145b673666ec303b4');
INSERT INTO "journal" VALUES(30,1767225630023000,'test','run.finishing','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdna0mf309hw9nt9fnawg3','{"epoch":1,"job":"job_01kdvdna0kf569mrevw8q485cb","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','2dd791943984084f6a0ebe2a9ab36962f7ef82432adcc7e145b673666ec303b4','a2ca8dce36083943ad285131e8cef79639b1837dbbdec437384d69a0ca10e44b');
INSERT INTO "journal" VALUES(31,1767225630024000,'test','run.succeeded','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdna0mf309hw9nt9fnawg3','{"epoch":1,"exit_code":0,"job":"job_01kdvdna0kf569mrevw8q485cb","reason":"","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','a2ca8dce36083943ad285131e8cef79639b1837dbbdec437384d69a0ca10e44b','44e053df39429513f10886999749ad238d1611a05cb16a696e79e410e742d40c');
INSERT INTO "journal" VALUES(32,1767225630024000,'test','receipt.issued','org_01kdvdna02f58sv7e9z0c1ht0h','rcpt_01kdvdp7a8ed59wxv9p47m41dm','{"amount":"0.008334","job":"job_01kdvdna0kf569mrevw8q485cb","run":"run_01kdvdna0mf309hw9nt9fnawg3","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','44e053df39429513f10886999749ad238d1611a05cb16a696e79e410e742d40c','0345183d57f7a41ce02d1243260b83fee0d06ec39808b32ca87d998b65f4ef9d');
INSERT INTO "journal" VALUES(33,1767225630024000,'test','job.succeeded','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdna0kf569mrevw8q485cb','{"exit_code":0,"reason":"","run":"run_01kdvdna0mf309hw9nt9fnawg3"}','0345183d57f7a41ce02d1243260b83fee0d06ec39808b32ca87d998b65f4ef9d','3d16f6dc48178a42680d33785eed7e1178d3013657073b84e9e2bd107120ae5b');
INSERT INTO "journal" VALUES(34,1767225630025000,'test','job.queued','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdp7a9f21awbnhahzha194','{"name":"job","purpose":"user"}','3d16f6dc48178a42680d33785eed7e1178d3013657073b84e9e2bd107120ae5b','8f4f2323827a07066bb3473a5d0928a995e070c1f1459fe244ce7a96bd0cf3d0');
INSERT INTO "journal" VALUES(35,1767225630026000,'test','run.assigned','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdp7aafv39bsv1t5vk3brg','{"epoch":1,"job":"job_01kdvdp7a9f21awbnhahzha194","price":1000000,"resource":"res_01kdvdna09fye8scf2khjrspgm","round":2,"site":"site_01kdvdna06f389ee7qv4ysr5s4","units":1}','8f4f2323827a07066bb3473a5d0928a995e070c1f1459fe244ce7a96bd0cf3d0','b555ebfb5164fe81d11292e68c3b4733eb1f31769136119520a7fd79799f04f1');
INSERT INTO "journal" VALUES(36,1767225630026000,'test','market.cleared',NULL,'round 2','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','b555ebfb5164fe81d11292e68c3b4733eb1f31769136119520a7fd79799f04f1','439a80c90930132491905dfb06dca8bbec7f327007fa8e97be7c9610d80881e9');
INSERT INTO "journal" VALUES(37,1767225630027000,'test','run.accepted','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdp7aafv39bsv1t5vk3brg','{"epoch":1,"job":"job_01kdvdp7a9f21awbnhahzha194","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','439a80c90930132491905dfb06dca8bbec7f327007fa8e97be7c9610d80881e9','08e32222706f4106a4993c5dcc63db3b28311d1d2cd8c1e016dc26db2bd3ab8d');
INSERT INTO "journal" VALUES(38,1767225630028000,'test','run.running','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdp7aafv39bsv1t5vk3brg','{"epoch":1,"job":"job_01kdvdp7a9f21awbnhahzha194","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','08e32222706f4106a4993c5dcc63db3b28311d1d2cd8c1e016dc26db2bd3ab8d','5073eba48162a83478edff74a69a1ae5a18553209c22de0ca91108058f760728');
INSERT INTO "journal" VALUES(39,1767225660029000,'test','run.finishing','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdp7aafv39bsv1t5vk3brg','{"epoch":1,"job":"job_01kdvdp7a9f21awbnhahzha194","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','5073eba48162a83478edff74a69a1ae5a18553209c22de0ca91108058f760728','5ae7c66aac7bf7bd642ea7efba8588ef6d7c1a73fafbdc89581391545a654753');
INSERT INTO "journal" VALUES(40,1767225660030000,'test','run.succeeded','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdp7aafv39bsv1t5vk3brg','{"epoch":1,"exit_code":0,"job":"job_01kdvdp7a9f21awbnhahzha194","reason":"","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','5ae7c66aac7bf7bd642ea7efba8588ef6d7c1a73fafbdc89581391545a654753','b5c34493213f1a5c7077174f35abf20c2cf4ec7715daf4edac62bcc23c20b77d');
INSERT INTO "journal" VALUES(41,1767225660030000,'test','receipt.issued','org_01kdvdna02f58sv7e9z0c1ht0h','rcpt_01kdvdq4kyebhrpq3m4wzshrkq','{"amount":"0.008334","job":"job_01kdvdp7a9f21awbnhahzha194","run":"run_01kdvdp7aafv39bsv1t5vk3brg","site":"site_01kdvdna06f389ee7qv4ysr5s4"}','b5c34493213f1a5c7077174f35abf20c2cf4ec7715daf4edac62bcc23c20b77d','82064e31e378429f925d48e482de5108189ab92d5080bb6155366db668d8a3cb');
INSERT INTO "journal" VALUES(42,1767225660030000,'test','job.succeeded','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdp7a9f21awbnhahzha194','{"exit_code":0,"reason":"","run":"run_01kdvdp7aafv39bsv1t5vk3brg"}','82064e31e378429f925d48e482de5108189ab92d5080bb6155366db668d8a3cb','03456200725ea7b62cb3b520710f135def5e0b42451b0d37c3764977d20f39b8');
INSERT INTO "journal" VALUES(43,1767225660031000,'test','job.queued','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdq4kzek7963benwaf8wsz','{"name":"a","purpose":"user"}','03456200725ea7b62cb3b520710f135def5e0b42451b0d37c3764977d20f39b8','8f2d8afc91e8fbf18d09871f8667c055bfd6749ba22ba891ba78d5f6a936d426');
INSERT INTO "journal" VALUES(44,1767225660031000,'test','job.queued','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdq4kzewqbnf7d41byw1ed','{"name":"b","purpose":"user"}','8f2d8afc91e8fbf18d09871f8667c055bfd6749ba22ba891ba78d5f6a936d426','64a1a3bd593644399b556b54e32e332f381de83a3af5e6ba560acd874743a10f');
INSERT INTO "journal" VALUES(45,1767225660032000,'test','run.assigned','org_01kdvdna02f58sv7e9z0c1ht0h','run_01kdvdq4m0f0r9wecf209btjpe','{"epoch":1,"job":"job_01kdvdq4kzek7963benwaf8wsz","price":1000000,"resource":"res_01kdvdna09fye8scf2khjrspgm","round":3,"site":"site_01kdvdna06f389ee7qv4ysr5s4","units":1}','64a1a3bd593644399b556b54e32e332f381de83a3af5e6ba560acd874743a10f','9b96d941850c7194ee385ed4eb35e36b575f5b57b7d34a0b4952c4b362d36428');
INSERT INTO "journal" VALUES(46,1767225660032000,'test','market.cleared',NULL,'round 3','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":1,"rule":"posted-price","trades":1}','9b96d941850c7194ee385ed4eb35e36b575f5b57b7d34a0b4952c4b362d36428','cf5f39841409f181c48a2b87a41edb60a1672f6eb19f98f0fed091cf08a4dc8d');
INSERT INTO "journal" VALUES(47,1767225660033000,'test','job.queued','org_01kdvdna02f58sv7e9z0c1ht0h','job_01kdvdq4m1fvpadt3nanbs1y1e','{"name":"job","purpose":"user"}','cf5f39841409f181c48a2b87a41edb60a1672f6eb19f98f0fed091cf08a4dc8d','2ed060e8d9c339f78ed95a505e27810c177dbf5318edeef20837466738b19628');
INSERT INTO "journal" VALUES(48,1767225660034000,'test','exchange.started',NULL,'exch_0','{}','2ed060e8d9c339f78ed95a505e27810c177dbf5318edeef20837466738b19628','aa7987e93280d04271925975fe8e7181b3d2c8d43b7b7d75c4cffe3658a89bf1');
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
INSERT INTO "member" VALUES('member_01kdvdna04e5g8k6agv0vfcxec','org_01kdvdna01f29s4fr84g98pbsk','owner','owner',1767225600004000,NULL);
INSERT INTO "member" VALUES('member_01kdvdna05e4etp3amkdqg6stt','org_01kdvdna02f58sv7e9z0c1ht0h','owner','owner',1767225600005000,NULL);
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
INSERT INTO "offer" VALUES('offer_01kdvdna0eejga45xynqdw95pb','res_01kdvdna09fye8scf2khjrspgm','org_01kdvdna01f29s4fr84g98pbsk','open','cpu','gz',1000000,'{"chip":"cpu","hub":"gz","id":"offer_01kdvdna0eejga45xynqdw95pb","listing":null,"owner":"org_01kdvdna01f29s4fr84g98pbsk","price":1000000,"resource":"res_01kdvdna09fye8scf2khjrspgm","spot":false,"state":"open","terms":"","units_max":null,"units_min":1,"window":["2026-01-01T00:00:00.013000Z","2026-01-31T00:00:00.013000Z"]}',1767225600014000);
CREATE TABLE organisation (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
)
 STRICT

;
INSERT INTO "organisation" VALUES('org_01kdvdna01f29s4fr84g98pbsk','aurora',1767225600001000);
INSERT INTO "organisation" VALUES('org_01kdvdna02f58sv7e9z0c1ht0h','bison',1767225600002000);
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
INSERT INTO "receipt" VALUES('rcpt_01kdvdp7a8ed59wxv9p47m41dm','run_01kdvdna0mf309hw9nt9fnawg3','job_01kdvdna0kf569mrevw8q485cb','org_01kdvdna02f58sv7e9z0c1ht0h','site_01kdvdna06f389ee7qv4ysr5s4',8334,'{"kind":"receipt","payload":{"amount":"0.008334","currency":"CNY","epoch":1,"job":"job_01kdvdna0kf569mrevw8q485cb","limit":"1.00","lines":[{"amount":"0.008334","end":"2026-01-01T00:00:30.023000Z","residue":"-1400000000","start":"2026-01-01T00:00:00.022000Z","units":1}],"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","price":"1.00","receipt":"rcpt_01kdvdp7a8ed59wxv9p47m41dm","residue":"-1400000000","run":"run_01kdvdna0mf309hw9nt9fnawg3","seller":"org_01kdvdna01f29s4fr84g98pbsk","site":"site_01kdvdna06f389ee7qv4ysr5s4","site_name":"north","state":"succeeded","unit":"core-hour","waived":[]},"signatures":[{"key":"Wb471epuBL9MfwbB0sTgARoGzZEBRryvP7FuJjO1fxk","role":"exchange","value":"YThf5Zav69wItS0sPTazeoxYbRDi5PcGqxcCKmbWClTjn4tSNpe_dW-0x5NSK2m_1JX2o_bUJNHtJ8CW_HCfDQ"}]}','awaiting-site',1767225630024000,NULL);
INSERT INTO "receipt" VALUES('rcpt_01kdvdq4kyebhrpq3m4wzshrkq','run_01kdvdp7aafv39bsv1t5vk3brg','job_01kdvdp7a9f21awbnhahzha194','org_01kdvdna02f58sv7e9z0c1ht0h','site_01kdvdna06f389ee7qv4ysr5s4',8334,'{"kind":"receipt","payload":{"amount":"0.008334","currency":"CNY","epoch":1,"job":"job_01kdvdp7a9f21awbnhahzha194","limit":"1.00","lines":[{"amount":"0.008334","end":"2026-01-01T00:01:00.029000Z","residue":"-1400000000","start":"2026-01-01T00:00:30.028000Z","units":1}],"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","price":"1.00","receipt":"rcpt_01kdvdq4kyebhrpq3m4wzshrkq","residue":"-1400000000","run":"run_01kdvdp7aafv39bsv1t5vk3brg","seller":"org_01kdvdna01f29s4fr84g98pbsk","site":"site_01kdvdna06f389ee7qv4ysr5s4","site_name":"north","state":"succeeded","unit":"core-hour","waived":[]},"signatures":[{"key":"Wb471epuBL9MfwbB0sTgARoGzZEBRryvP7FuJjO1fxk","role":"exchange","value":"Dt_bsp4f4HxwChDFxh_M_R4bSFV1QIM1XNLJfB-ge0WmxKZbL93yj0ZVlJL2-dVijPYxve-YSuO3ul7RNcePCg"}]}','awaiting-site',1767225660030000,NULL);
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
INSERT INTO "request" VALUES('req_01kdvdna0kec1a73yn8y93mwv9','job_01kdvdna0kf569mrevw8q485cb','org_01kdvdna02f58sv7e9z0c1ht0h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:00:00.019000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdna0kec1a73yn8y93mwv9","job":"job_01kdvdna0kf569mrevw8q485cb","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvdp7a9em3rdy3q31pqdc3y','job_01kdvdp7a9f21awbnhahzha194','org_01kdvdna02f58sv7e9z0c1ht0h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:00:30.025000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdp7a9em3rdy3q31pqdc3y","job":"job_01kdvdp7a9f21awbnhahzha194","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvdq4kzfr0vxfzj0t376hs1','job_01kdvdq4kzek7963benwaf8wsz','org_01kdvdna02f58sv7e9z0c1ht0h','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:01:00.031000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdq4kzfr0vxfzj0t376hs1","job":"job_01kdvdq4kzek7963benwaf8wsz","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvdq4kzfyq9qs5wzh4vcjg8','job_01kdvdq4kzewqbnf7d41byw1ed','org_01kdvdna02f58sv7e9z0c1ht0h','open','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:01:00.031000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdq4kzfyq9qs5wzh4vcjg8","job":"job_01kdvdq4kzewqbnf7d41byw1ed","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}','{"change":"wait until a run there ends","code":"busy","counts":{"busy":1},"reason":"north is busy just now"}',3);
INSERT INTO "request" VALUES('req_01kdvdq4m1e2gtqx3cd5yjsbw2','job_01kdvdq4m1fvpadt3nanbs1y1e','org_01kdvdna02f58sv7e9z0c1ht0h','open','posted',0,'b82d77a0cb7f6f1d',0,'{"arrived_at":"2026-01-01T00:01:00.033000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdq4m1e2gtqx3cd5yjsbw2","job":"job_01kdvdq4m1fvpadt3nanbs1y1e","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":4096,"cpus_exact":false,"disk_bytes":4096000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":2097152000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
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
INSERT INTO "resource" VALUES('res_01kdvdna09fye8scf2khjrspgm','site_01kdvdna06f389ee7qv4ysr5s4','pool','general','cpu',0,'sandbox','[{"accelerators":0,"cpus":1,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m0"}]','sha256:dc365e79d41cfae1c3c0d969319ae62165b81b1815a86c32bbc6c64cbdf2311b','{"cpus":1,"memory_bytes":68719476736,"simulated_machines":false}','cn.demo/aurora/CN-520100/general/0001-0','{"kind":"descriptor","payload":{"available":{"accelerators":0,"at":"2026-01-01T00:00:00.013000Z","cpus":1,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"certificate":"cert_01kdvdna0cf3m8qv6qp0w9hmcg","chip":"cpu","hardware":{"simulated_machines":false},"hub":"gz","identifier":"cn.demo/aurora/CN-520100/general/0001-0","isolation":"sandbox","metrics":[{"density":"dense","name":"throughput_per_unit","source":"directly measured","statistics":"mean","unit":"MFLOP/s","value":1000},{"name":"latency_to_exchange","source":"directly measured","statistics":"mean","unit":"us","value":1000}],"offers":"/v1/offers?chip=cpu&hub=gz","sequence":1767225600013,"site":"north","status":"active","total":{"accelerators":0,"cpus":1,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"valid_from":"2026-01-01T00:00:00.013000Z","valid_until":"2026-04-01T00:00:00.013000Z"},"signatures":[{"key":"chhFmzux9yTmkSgwW92LmgF7Zvyag0fe5ZtE4ER4pIg","role":"owner","value":"ng6zw6L7UNzP-MES1CiQ51y2NDUFoEPahmPTTMCqyUcRtcsAgjsFF5NvCJOF2YU1xrRZFFmtN5hRuKKfOZZIAA"}]}','cert_01kdvdna0cf3m8qv6qp0w9hmcg',1000,1000,1769817600012000,'active',1767225600013000);
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
INSERT INTO "round" VALUES(1,'posted-price',1767225600020000,NULL,X'789CB5554D939B3810FD2F9C271981B10DBEE69ED39E363545C9A2B13580A491846D32E5FF9E6E21069C4A2A9BC3BA281B4BADFE78FDFAE93DE13E392419CB769F588ACF3F8C1DC2F399650C3FFF264F89E0860BE925B8E4F09E5870154BDBFA522BCECA6684C289266BCFAFD699534F16BCEBF415EA4ADB1357D2712FB5C2A3DF5ED0D5591A8C27CC904C7FAA1E7A6DC7EA387A72CF70552B05C2439D1CBC1DE029A94149F466066BB483E8A806E3CFE8C98933D443C78F1DA0C7F370C4B5D3777C9578CCCB4682A578EA738D719EF960B5E5CF5FBE7EDA662C65ECF9040A2CEF9EB152AC9E8EA9AAE7B6053F47974E77A1020AC6557DD43734C3255062AC064C07FD60DA3DC77254480F1110023A74ECB58D45996089794BD7CEC56669BECF8BCD2E2F8283072076C53E2DF3FD6EBFD93D258AF780E17B96DC5F964895D79E77FF7F3C7D5501446CE7D2F8B4C94A9737B6C84F65618EAE4DA2613528E9A7244CC705F9F9801B6D903D602FD44EB0023B140C71510F36D8FE815D4FD8706D6106DD494F87E86739B56B364509B07FBBE4A3B35B9727936115CB52DA227570CD73D14632DEEF987ED3809DFAF740D30752110E64B78403783DF17C7B1BD55B7D2DB7E648F490CE4B754A0E6AE8BABF40D058296271A1BEBF02C66844B3E19D83505B40461B50B8E7C1F6585982AFA13DC8F1DB9C5C5C902AF0E52A55ADAF08C2AF3521DD444D987737BFD87D21D6186E116E1F107DBF53296F03381FE7C35A4924F8BDF8A4650C5403AF3BA4FB9C2EDC4C5087307A9B1D633356A137186541A90591F2FD6654C5586EFAEBA54477AF9A9A89DF2BB366BB2B7B0B976BF196175B410D447CAAD88C292C2DC4798B0BBA2680519248AA7066006A37A91F16AD50322EBF1583FF2082F3FCD24B05372E96DEAE473A650B00C8D3288E94EC1989D38D95C0FC3E527E88B24DB3F964DC780C13A6373AB45CB5212F9AA3B83638A8569CA39E0BB0417217E9E69E87B19B559BFEAF1DC34D74438DDD5C395EEAF8D0DE899E2BFD5DD4369DCA5D0BF254AD027FD5B60D03AFE87258C78D97098D044DFEEAA2FA794CB3665BB8CB1ECAEF4CA467CFCE614C017AE3255D3A311A92455BE9C749CF06551DA10942356DFF3C8F08A82315593A4E633851AEC2FB763A47985A3D2862768AC72E384D21C5FCFE0398CD81EC',X'789C9550CB7283300CFC179D394069D2C0AF74328CB00D38E047FC20A119FEBD32930E999E5A9DD66B49BBDA07582799F0507F3E800DD2420DCC46C860882DE1FE8BA0F466C2208D26C2A3E6ADB913ABD0F552E344A4E93AE19ABC18F9CC35E6425C7A7C3FDC177DE5B7EA605BEADE64A02EF2AD32885A06522DD673064E74D1E3944CD0CB0FE89E865099A8C3CBD426F437C124D044DA531EF36725ADE090FF6C9F82709A0E9BC9182D67C687862845DF1486513686DDF29A2EA684F4360D2A87F3BFFCFC0EC0896B149E8E4B681F1D052BF0A35CF469A94A759B2B48ADDE4497A613DC7BAB6E1127CFBAB771B8386F7B05AFB9AEDF76599BEF','sha256:0e70a8eea63274b4382f91fdad7dec5dd36f4d268d44cb743c8ec0fbc34c670e','sha256:5d9a908f39f1c765a585d7d00f99a6ea5b7e1422848d7a81de1fe2a7c7e787dc',1,0);
INSERT INTO "round" VALUES(2,'posted-price',1767225630026000,NULL,X'789CB555C992E32810FD17CED55D68F17A9DFB9CE6341D150A0C298BB20418906D5585FFBD13844A72F72C5D878E70D8722AC9E565BEC73B619EEC494EF3F5179AE1E72F4AF7F829E85734514AFF264F8433C3B8F4121CD9BF130BAEA2D9495C846274570FB075BCCE4FCDAB75E6D8050FD6B6FA0AA2D2F6C89474CC4BADF0E8B7170CD54883F9B8E9C9F8A7EAA0D376A80E830FE1295AB552C03D08B2F7B687272240498C667A6BB483144880F10D4672BC01D1B7ECD002466CFA03DA8E6FF828F19897B5041BF2A9AF02F33CB3DE6ACB9EFFF8F3CB2AA719A5CF47506059FB8C9D62F7E198AA3A664FE0A7ECD2E93676109231250EFA866E6802C587AAC772300E96DD316C47C5F21001CEA1C5C05EDBD494899E58B774A7A9D93C2B37E5B65897DB18E00188F57693EDCACD7A53AC9F88621D60FA8E92FBCB9CA9F2DAB3F6F7E7D3571541C471CE83CFEA7CE7CADA6ECBE36E6B0EEE449263D52BE9C7224CCB7888F30137FAE0F680BD847182E538A1E88846DDDBE8FB3FDBF58403D71626D09DF4E150F8994FADEB62BB03D89C2FE5E0ECCA956474AC525B4A5B5C1DB479C64F6919EF772CBFAEC18EF37B58D387A50A3804BF391DC0EB9195ABDBA0CEE2BA5B9943580FE9BC5447B2577DDB7E024163254FCDC5FE3E058CD18866CD5A07B1B7888C36A0F09D07DB6167041FE37870C76F5371C92055DC97AB54425F11849F3581A2266445D284E96DF10F6F5FC2D61866116E1F117DBF8756CE3D389FF861AD0C4BF01FE2B34A890430D1E2BA4FE5C2CD447588D42BD6944E58C5D960968492D9B01D74851543712E327316BC1830DCAB0EC3C4EF855B9D67EC7A500D6BDE1A862C208163B72A0D634C1B0C896FC9A045001825294815720640B851FDB069859271F95731F805119CF81B1E2AB8313ECF7649E98CCE00E09E26710CC536B838ED5071ACEFA3E4872CAB2C9F4EA6178F69227B5340CBD429D61578946CBD836AB17361E61C6C94DC59BA99679176936A87FFCBC070E36D2F709A8BC0731F1FDA3BAEE7427F67B5CDC67697823C76ABC05FB53D45C2AB70392CF3A6CB245022307F7151FD48D3BC5E6DDD6503BB37CAB3C6D326D214A0335E864B2765C365D156FA61D4B35E5507A8A3508DAF7FE42302EA828ACC130F341C57AEC2FB763C1730B5BA5761B3733C764136C512CBFB7783ED8232',X'789C9550CB7283300CFC179D394069DAC2AF74328CF0039CE0077E24A119FEBD324327999E5A9DD66B49BBDA3B38AF9808D07EDE818DCA410BCC2528604C3DE1E18BA00A76C2A8AC2122A0E1BDBD11ABD10FCAE044A49552F8AEACCEFCC20D96429C067C3DDC1633F36B73703D756F32D056E5560524A322A956EBB1002F640A386513F40A23FADD106A9B4C7C9ADA84FE269805BA447BEAB772AFAC153DF29FED5314DED061173246CB990DB1234AD3378561B54BF16179CD175342669B065DC2F15F7E7E07E0C59C44A0E332DA47DD3B3642D79E2FF55C576EE6AC5E20B7069B7C9ECEF021D3C8457C04265FCEE3C907376878CE75FD0681419C1B','sha256:ce704deb57088966f0947318fcef641f540a479feb6527bcaec20bc9d19370a8','sha256:738317be5646bc7cadb79b619e4f847543ddb1e82c89391d847bc3fd0766d68a',1,0);
INSERT INTO "round" VALUES(3,'posted-price',1767225660032000,NULL,X'789CED55CB8EA33814FD17D6E92E130821D9CE7E56B39A56091973090E6013DB849052FEBDAF8D2948A91FD38B19CDA2A52821C6BE8F73CF397E0BA8098EC1966C934F24C4CF5F841C497824E43389B68490BF834DC0684719371C74707C0B14E88C8475712D042587728454B3725B5767A5BB536B77D0A69103149954272AB8A6864B8147BFBC62A88A77988F757D30FDC95A68A51AB37C34363CC15529043003457034AA874D5080E018ADEB552735F8400574A6C2489A5550F40DCD1BC088559FE3DAE98E8F1C8F195E7250369FF85C609E17DA2BA9E8CB1F7F7EDA6D4948C8CB090428DABC60A7D8BD3D26B296AA1ACC9C9D6BD9B80E6C322A8A5CDE701B2E816063D663391807CB6E29B6235C79880063D0606023956FAA733BB16EAEEBB9D96D18EFE3344AE2D40578022249F7E121DE27FB28D90482B680E95B123C5E974C99918636FF7E3E390807228E73197C586E0F3A2E551A9F0E6997EB3AF01BB35E703315D13594D938EF70E31E640FA8AB1D27288613721B7151F6CAEDFD09BB363870A960065D73630FD99FE5545246E901607FB9C6A3563B1D07D3C6CCB725A442EAE09AA1ACF6647C3CB0FCB20435CDEF89A64FA4B238D87D4B3A80F389C6BBDB282EC570D875B9A507D7868B5370147DD3FC02829DE2CC37E7FAFB25603A896896B4D1E07A73C8C80E04BE33A05AEC2CC047371EE4F86D2ECE2F70E1F8327051C80141F8E809C4794218794F98DF46DF78FB6A59D35185701B87E8DBC3B672E9411BAF0FA5B825C10FCC27F4890AA04583749FCB855BE7DCC1492F4A0899B172B3C12C1EA54B5CDF4B45AEB7F27E2626DA27950E31DC59DA61E2F76A1BD4FB4312E520065AA683B683467C323F8C29AD5DF07AF30BB2B000A32559AB42CD00147A723F6C5AA0655CBF6B06FFC00467FDDA870C6E942DB35D4B3A240B00C8536F8EB6D80A89D38C19C3FADE4B7ECAB20BB7F349FFE2398D53AF0FA8A8A85D5D56477EADD790AD386767CE4039CB5DAC9B1AEA6437BBB6FDBF0E0C37D6F4054E731578E9E3DD7B277AAEFC7771DB706A776DC853B702CC2055ED042FECE5B0CEEB2F132B09ABFCD545F551A6DB7297EAEB1E0E77C2C2CA90CAC914A0ED0CB7978ECF8664918A9B71F2B35E643994CEA8A6D71FF588806AEB22CBC4AD0C27CA6578DF4EE71E9BFF4E2AE3E570D1BBE15EC557763EA5DF93CA70C945B92FE2301F87D011FFB7547E4BE57F20150BBDEC85657684C7AE78F1B812E3C7573E699323',X'789C9551D16E83300CFC95C8CF7D085BDBB5FD95A9AA0204120A09C40914AAFEFB9CAC55AB4993B63C99E37CF69DAFD03B5D4884C3E7150AA57B3840D10758810A39D5F542A546DB0AAFAD21008529737B21B413AED646B404DAAA92EEC4B37339964670299B5AAC3797D90CE5B4DFF439B1D31838643CBD1504A33D4DCD6EC71538590514ED6309616A62C224B467C178DD32C15C30CC2BE92493A644D22B6C194979C0397D1191FAAFDF00C94655816965639D574C238BFF5813D0336327888C2148F444A1EABEFEB03E2FD53CEC07DC4C8B5A8F4553EF202E894AB87B4EA28BE35ECC24FF7FCB21FA3E05D279DFF2FB8BEADE89F2A1DE7AE90CE53D92411EBDA13F11D4257F85EDFAE09F49DEE221E870267543C7E1F8AF7D7EDEE5D74C1C1F2FD5D270FFFEB15598A5F8D00617BB63F91CB3AF66B9C3A27A3BABC6615F77F07AEEDB175C6DD076','sha256:a7fa56d1ca138a96239c4b6a726b2aa0f01a552a7aad87e1ad54943e9126a86c','sha256:8bf8d726ab92b9329e99d00f7cc26a02deb5af2a333752aab521a96970b1642b',1,1);
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
	until_us INTEGER, 
	starts_us INTEGER, 
	booking TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (job, epoch), 
	FOREIGN KEY(job) REFERENCES job (id), 
	FOREIGN KEY(site) REFERENCES site (id), 
	FOREIGN KEY(resource) REFERENCES resource (id)
)
 STRICT

;
INSERT INTO "run" VALUES('run_01kdvdna0mf309hw9nt9fnawg3','job_01kdvdna0kf569mrevw8q485cb','org_01kdvdna02f58sv7e9z0c1ht0h',1,'site_01kdvdna06f389ee7qv4ysr5s4','res_01kdvdna09fye8scf2khjrspgm','trade_01kdvdna0mf42904qg6yv4ss12','succeeded','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"image":null,"interactive":false,"isolation":"sandbox","job":"job_01kdvdna0kf569mrevw8q485cb","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","outputs":[],"run":"run_01kdvdna0mf309hw9nt9fnawg3","secret_names":[],"setup":"","site":"site_01kdvdna06f389ee7qv4ysr5s4","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0,"share":1}],"time_limit_us":null,"variant":""}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767225600020000,1767225600021000,1767225600022000,1767225630023000,1767225630024000,NULL,0,'','',0,0,NULL,0,NULL,'[]',NULL,NULL,NULL);
INSERT INTO "run" VALUES('run_01kdvdp7aafv39bsv1t5vk3brg','job_01kdvdp7a9f21awbnhahzha194','org_01kdvdna02f58sv7e9z0c1ht0h',1,'site_01kdvdna06f389ee7qv4ysr5s4','res_01kdvdna09fye8scf2khjrspgm','trade_01kdvdp7aaek4ss459b1t07s1g','succeeded','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"image":null,"interactive":false,"isolation":"sandbox","job":"job_01kdvdp7a9f21awbnhahzha194","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","outputs":[],"run":"run_01kdvdp7aafv39bsv1t5vk3brg","secret_names":[],"setup":"","site":"site_01kdvdna06f389ee7qv4ysr5s4","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0,"share":1}],"time_limit_us":null,"variant":""}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767225630026000,1767225630027000,1767225630028000,1767225660029000,1767225660030000,NULL,0,'','',0,0,NULL,0,NULL,'[]',NULL,NULL,NULL);
INSERT INTO "run" VALUES('run_01kdvdq4m0f0r9wecf209btjpe','job_01kdvdq4kzek7963benwaf8wsz','org_01kdvdna02f58sv7e9z0c1ht0h',1,'site_01kdvdna06f389ee7qv4ysr5s4','res_01kdvdna09fye8scf2khjrspgm','trade_01kdvdq4m0fgeameqmthngm678','assigned','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"image":null,"interactive":false,"isolation":"sandbox","job":"job_01kdvdq4kzek7963benwaf8wsz","job_name":"a","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02f58sv7e9z0c1ht0h","outputs":[],"run":"run_01kdvdq4m0f0r9wecf209btjpe","secret_names":[],"setup":"","site":"site_01kdvdna06f389ee7qv4ysr5s4","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0,"share":1}],"time_limit_us":null,"variant":""}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,0,NULL,1767225660032000,NULL,NULL,NULL,NULL,NULL,NULL,'','',0,0,NULL,0,NULL,'[]',NULL,NULL,NULL);
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
INSERT INTO "run_event" VALUES('run_01kdvdna0mf309hw9nt9fnawg3',0,'accept',1767225600021000,'{"at":"2026-01-01T00:00:00.020000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvdna0mf309hw9nt9fnawg3',1,'start',1767225600022000,'{"at":"2026-01-01T00:00:00.021000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdvdna0mf309hw9nt9fnawg3',2,'finish',1767225630023000,'{"at":"2026-01-01T00:00:30.022000Z","cpu_us":0,"detail":"","event":"finish","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvdna0mf309hw9nt9fnawg3',3,'succeed',1767225630024000,'{"at":"2026-01-01T00:00:30.023000Z","cpu_us":0,"detail":"","event":"succeed","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":3}');
INSERT INTO "run_event" VALUES('run_01kdvdp7aafv39bsv1t5vk3brg',0,'accept',1767225630027000,'{"at":"2026-01-01T00:00:30.026000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvdp7aafv39bsv1t5vk3brg',1,'start',1767225630028000,'{"at":"2026-01-01T00:00:30.027000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdvdp7aafv39bsv1t5vk3brg',2,'finish',1767225660029000,'{"at":"2026-01-01T00:01:00.028000Z","cpu_us":0,"detail":"","event":"finish","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvdp7aafv39bsv1t5vk3brg',3,'succeed',1767225660030000,'{"at":"2026-01-01T00:01:00.029000Z","cpu_us":0,"detail":"","event":"succeed","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":3}');
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "setting" VALUES('schema_version','5');
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
INSERT INTO "site" VALUES('site_01kdvdna06f389ee7qv4ysr5s4','north','org_01kdvdna01f29s4fr84g98pbsk','gz','CN-520100','schedulable','active','{}','sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0','dc365e79d41cfae1c3c0d969319ae621','[["dc365e79d41cfae1c3c0d969319ae621",1767225600011000]]','0.1.0','{}','sha256:0000000000000000000000000000000000000000000000000000000000000000',1767225600011000,1767225600006000,'');
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
INSERT INTO "token" VALUES('6adcpx1f','enrol',NULL,'site_01kdvdna06f389ee7qv4ysr5s4','','1896a9d9d80d515851f27ac4138a4645b81e5661ac949809745052b25b0a8203',1767225600007000,1767229200007000,1767225600009000,'sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0',NULL,'a90d9df2f130d60fcf04bd93f50ae695');
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
INSERT INTO "trade" VALUES('trade_01kdvdna0mf42904qg6yv4ss12',1,'req_01kdvdna0kec1a73yn8y93mwv9','job_01kdvdna0kf569mrevw8q485cb','offer_01kdvdna0eejga45xynqdw95pb','res_01kdvdna09fye8scf2khjrspgm',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0eejga45xynqdw95pb","price":1000000,"request":"req_01kdvdna0kec1a73yn8y93mwv9","resource":"res_01kdvdna09fye8scf2khjrspgm","units":1}',1767225600020000);
INSERT INTO "trade" VALUES('trade_01kdvdp7aaek4ss459b1t07s1g',2,'req_01kdvdp7a9em3rdy3q31pqdc3y','job_01kdvdp7a9f21awbnhahzha194','offer_01kdvdna0eejga45xynqdw95pb','res_01kdvdna09fye8scf2khjrspgm',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0eejga45xynqdw95pb","price":1000000,"request":"req_01kdvdp7a9em3rdy3q31pqdc3y","resource":"res_01kdvdna09fye8scf2khjrspgm","units":1}',1767225630026000);
INSERT INTO "trade" VALUES('trade_01kdvdq4m0fgeameqmthngm678',3,'req_01kdvdq4kzfr0vxfzj0t376hs1','job_01kdvdq4kzek7963benwaf8wsz','offer_01kdvdna0eejga45xynqdw95pb','res_01kdvdna09fye8scf2khjrspgm',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0eejga45xynqdw95pb","price":1000000,"request":"req_01kdvdq4kzfr0vxfzj0t376hs1","resource":"res_01kdvdna09fye8scf2khjrspgm","units":1}',1767225660032000);
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
INSERT INTO "transfer" VALUES(1,'tx_01kdvdna03f0fthrjxjg7dj13n','cash','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance',100000000,'deposit',NULL,NULL,'{"amount":"100000000","at":"2026-01-01T00:00:00.003000Z","credit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","debit":"cash","id":"tx_01kdvdna03f0fthrjxjg7dj13n","job":null,"kind":"deposit","memo":"paid in","pending":null,"receipt":null,"run":null}',1767225600003000,'0000000000000000000000000000000000000000000000000000000000000000','4e5d29ff2f20d1298fc31b56b96bab0e4ec82031e04a992b2aab178fbdf97ad0');
INSERT INTO "transfer" VALUES(2,'tx_pr6yz5hn57nh0enjwskrw8834e','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdvdna0kf569mrevw8q485cb','{"amount":"1000000","at":"2026-01-01T00:00:00.020000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","id":"tx_pr6yz5hn57nh0enjwskrw8834e","job":"job_01kdvdna0kf569mrevw8q485cb","kind":"hold","memo":"held for run_01kdvdna0mf309hw9nt9fnawg3","pending":null,"receipt":null,"run":"run_01kdvdna0mf309hw9nt9fnawg3"}',1767225600020000,'4e5d29ff2f20d1298fc31b56b96bab0e4ec82031e04a992b2aab178fbdf97ad0','0ca5d46fa42cba2f58e6fff3f44283caff640a3a8c7bec8fc25607f46b85e489');
INSERT INTO "transfer" VALUES(3,'tx_ae1s7r4t2ad5yc187sj83bm5ej','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',8334,'post','tx_pr6yz5hn57nh0enjwskrw8834e','job_01kdvdna0kf569mrevw8q485cb','{"amount":"8334","at":"2026-01-01T00:00:30.024000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","id":"tx_ae1s7r4t2ad5yc187sj83bm5ej","job":"job_01kdvdna0kf569mrevw8q485cb","kind":"post","memo":"receipt rcpt_01kdvdp7a8ed59wxv9p47m41dm","pending":"tx_pr6yz5hn57nh0enjwskrw8834e","receipt":"rcpt_01kdvdp7a8ed59wxv9p47m41dm","run":"run_01kdvdna0mf309hw9nt9fnawg3"}',1767225630024000,'0ca5d46fa42cba2f58e6fff3f44283caff640a3a8c7bec8fc25607f46b85e489','348dbcaf7efb1d230127480290ca8d0de9f752d72a6bf58a71ce2a4f396058e2');
INSERT INTO "transfer" VALUES(4,'tx_ar449rx34nwqxb4wvd7rrwjy0k','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdvdp7a9f21awbnhahzha194','{"amount":"1000000","at":"2026-01-01T00:00:30.026000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","id":"tx_ar449rx34nwqxb4wvd7rrwjy0k","job":"job_01kdvdp7a9f21awbnhahzha194","kind":"hold","memo":"held for run_01kdvdp7aafv39bsv1t5vk3brg","pending":null,"receipt":null,"run":"run_01kdvdp7aafv39bsv1t5vk3brg"}',1767225630026000,'348dbcaf7efb1d230127480290ca8d0de9f752d72a6bf58a71ce2a4f396058e2','2992e42d863e1acdb1fc0a6d546da373f5906c96ca4a6bf3bacca6456a669198');
INSERT INTO "transfer" VALUES(5,'tx_e2935crk78z11gxpthjjm9kvb6','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',8334,'post','tx_ar449rx34nwqxb4wvd7rrwjy0k','job_01kdvdp7a9f21awbnhahzha194','{"amount":"8334","at":"2026-01-01T00:01:00.030000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","id":"tx_e2935crk78z11gxpthjjm9kvb6","job":"job_01kdvdp7a9f21awbnhahzha194","kind":"post","memo":"receipt rcpt_01kdvdq4kyebhrpq3m4wzshrkq","pending":"tx_ar449rx34nwqxb4wvd7rrwjy0k","receipt":"rcpt_01kdvdq4kyebhrpq3m4wzshrkq","run":"run_01kdvdp7aafv39bsv1t5vk3brg"}',1767225660030000,'2992e42d863e1acdb1fc0a6d546da373f5906c96ca4a6bf3bacca6456a669198','3a5d004baab6c333e3bdc47fd606e9319f212c65b3ad9e48455c3714e85c08d6');
INSERT INTO "transfer" VALUES(6,'tx_7qh37n0vssed4zvrs4n782a72h','org:org_01kdvdna02f58sv7e9z0c1ht0h:balance','org:org_01kdvdna01f29s4fr84g98pbsk:earnings',1000000,'hold',NULL,'job_01kdvdq4kzek7963benwaf8wsz','{"amount":"1000000","at":"2026-01-01T00:01:00.032000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:earnings","debit":"org:org_01kdvdna02f58sv7e9z0c1ht0h:balance","id":"tx_7qh37n0vssed4zvrs4n782a72h","job":"job_01kdvdq4kzek7963benwaf8wsz","kind":"hold","memo":"held for run_01kdvdq4m0f0r9wecf209btjpe","pending":null,"receipt":null,"run":"run_01kdvdq4m0f0r9wecf209btjpe"}',1767225660032000,'3a5d004baab6c333e3bdc47fd606e9319f212c65b3ad9e48455c3714e85c08d6','df70eb451c17ac1bdc5eea9919a0a6516e7725f9e624fea780063d75e46c90de');
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
CREATE INDEX transfer_pending ON transfer (pending_id);
CREATE INDEX transfer_debit ON transfer (debit, seq);
CREATE INDEX transfer_credit ON transfer (credit, seq);
CREATE INDEX transfer_job ON transfer (job);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE INDEX journal_organisation ON journal (organisation, seq);
CREATE INDEX voucher_holder ON voucher (holder);
CREATE INDEX token_member ON token (member);
CREATE INDEX job_organisation ON job (organisation, id);
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_organisation_state ON job (organisation, state, id);
CREATE INDEX job_after ON job ("after");
CREATE INDEX data_contract_consumer ON data_contract (consumer, dataset);
CREATE INDEX data_contract_provider ON data_contract (provider, id);
CREATE INDEX data_contract_state ON data_contract (state, until_us);
CREATE INDEX challenge_job ON challenge (job);
CREATE INDEX certificate_resource ON certificate (resource);
CREATE INDEX offer_state ON offer (state, id);
CREATE INDEX offer_organisation ON offer (organisation, id);
CREATE INDEX bank_deposit_state ON bank_deposit (state, id);
CREATE INDEX bank_deposit_organisation ON bank_deposit (organisation, id);
CREATE INDEX tes_task_of ON tes_task (organisation, job);
CREATE INDEX run_site_state ON run (site, state);
CREATE INDEX run_state ON run (state);
CREATE INDEX delivery_version ON delivery (dataset, version, id);
CREATE INDEX delivery_provider ON delivery (provider, id);
CREATE INDEX delivery_consumer ON delivery (consumer, dataset, id);
CREATE INDEX delivery_job ON delivery (job);
CREATE INDEX delivery_contract ON delivery (contract, until_us);
CREATE INDEX data_use_contract ON data_use (contract);
CREATE INDEX receipt_site_state ON receipt (site, state);
CREATE INDEX receipt_organisation ON receipt (organisation, id);
CREATE INDEX receipt_job ON receipt (job);
CREATE INDEX receipt_created ON receipt (created_us);
COMMIT;
