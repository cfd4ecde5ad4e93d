-- An exchange as version 4 wrote it; its public key: OUvN7U-KSG39dsghjaAObXOGEzlBjooFZUMvoCW6Jxw
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
INSERT INTO "account" VALUES('org:org_01kdvdna01f29s4fr84g98pbsk:balance',500000,100000000,2000000,0);
INSERT INTO "account" VALUES('org:org_01kdvdna03f0fthrjxjg7dj13n:earnings',0,500000,0,0);
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
INSERT INTO "certificate" VALUES('cert_01kdvdna0af5f97f84sw7xcc7h','res_01kdvdna07fwn9aft8y6g9yxnn','{"kind":"certificate","payload":{"id":"cert_01kdvdna0af5f97f84sw7xcc7h","latency_us":1000,"score":1000},"signatures":[{"key":"OUvN7U-KSG39dsghjaAObXOGEzlBjooFZUMvoCW6Jxw","role":"exchange","value":"786t-fup8jyAkqyxn0X5euxaKG66lipFJ8Lp6sMJFPhBXBgyGLaKrJ-XwpOEQaMgn7sSMtclxqmH8Ot_ljU4Dg"},{"key":"sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0","role":"site","value":"B24wajaTuyM4eHtNJCPGjgI_MESJm5QVfBVzqENRRPFCiVVnlEIvhzSqXpfyVzXuWP39OJn33PGeysu8-IBhDQ"}]}',1767225600010000,1769817600010000,'valid');
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
CREATE TABLE data_contract (id TEXT NOT NULL, dataset TEXT NOT NULL, provider TEXT NOT NULL, consumer TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, payload TEXT NOT NULL, signatures TEXT NOT NULL, deliveries INTEGER NOT NULL, from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, created_us INTEGER NOT NULL, PRIMARY KEY (id), CHECK (from_us < until_us), FOREIGN KEY(dataset) REFERENCES dataset (id), FOREIGN KEY(provider) REFERENCES organisation (id), FOREIGN KEY(consumer) REFERENCES organisation (id)) STRICT;
CREATE TABLE data_use (job TEXT NOT NULL, contract TEXT NOT NULL, PRIMARY KEY (job, contract), FOREIGN KEY(job) REFERENCES job (id), FOREIGN KEY(contract) REFERENCES data_contract (id)) STRICT;
CREATE TABLE dataset (id TEXT NOT NULL, organisation TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, versions INTEGER NOT NULL, words TEXT NOT NULL, document TEXT NOT NULL, created_us INTEGER NOT NULL, PRIMARY KEY (id), UNIQUE (organisation, name), FOREIGN KEY(organisation) REFERENCES organisation (id)) STRICT;
INSERT INTO "dataset" VALUES('ds_01kdvdna00fggt57vfqvc2r1yd','org_01kdvdna01f29s4fr84g98pbsk','raw','listed',1,'buyer/raw decisions 判决 d cc-by-4.0
licence:cc-by-4.0

grade:none

delivery:copy
','{"card":{"contact":"a b <x@y>","description":"D","grade":null,"keywords":[],"languages":[],"licence":"CC-BY-4.0","limits":[],"origins":[{"kind":"public","licence":"open","name":"register","record":"2024-17"}],"personal":"","title":"Decisions 判决","uses":[]},"open":false,"price":{"amount":"0","kind":"free"},"terms":{"count":null,"delete_after_days":null,"delivery":"copy","derive":true,"not_after":null,"not_before":null,"places":[],"purposes":[],"recipients":[],"redistribute":false,"release":{"bytes_max":1000000,"figures":true,"files":["*.json"],"files_max":16}}}',1767225600000000);
INSERT INTO "dataset" VALUES('ds_01kdvdna00e2jtqammaqhye1m2','org_01kdvdna01f29s4fr84g98pbsk','clean','listed',1,'buyer/clean decisions 判决 d cc-by-4.0
licence:cc-by-4.0

grade:none

delivery:copy
','{"card":{"contact":"a b <x@y>","description":"D","grade":null,"keywords":[],"languages":[],"licence":"CC-BY-4.0","limits":[],"origins":[{"kind":"public","licence":"open","name":"register","record":"2024-17"}],"personal":"","title":"Decisions 判决","uses":[]},"open":false,"price":{"amount":"0","kind":"free"},"terms":{"count":null,"delete_after_days":null,"delivery":"copy","derive":true,"not_after":null,"not_before":null,"places":[],"purposes":[],"recipients":[],"redistribute":false,"release":{"bytes_max":1000000,"figures":true,"files":["*.json"],"files_max":16}}}',1767225600000000);
INSERT INTO "dataset" VALUES('ds_01kdvdna00f0qvea5mz914gqht','org_01kdvdna01f29s4fr84g98pbsk','mixed','listed',1,'buyer/mixed decisions 判决 d cc-by-4.0
licence:cc-by-4.0

grade:none

delivery:copy
','{"card":{"contact":"a b <x@y>","description":"D","grade":null,"keywords":[],"languages":[],"licence":"CC-BY-4.0","limits":[],"origins":[{"kind":"public","licence":"open","name":"register","record":"2024-17"}],"personal":"","title":"Decisions 判决","uses":[]},"open":false,"price":{"amount":"0","kind":"free"},"terms":{"count":null,"delete_after_days":null,"delivery":"copy","derive":true,"not_after":null,"not_before":null,"places":[],"purposes":[],"recipients":[],"redistribute":false,"release":{"bytes_max":1000000,"figures":true,"files":["*.json"],"files_max":16}}}',1767225600000000);
CREATE TABLE dataset_version (dataset TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (dataset, number), UNIQUE (dataset, digest), FOREIGN KEY(dataset) REFERENCES dataset (id)) STRICT;
INSERT INTO "dataset_version" VALUES('ds_01kdvdna00fggt57vfqvc2r1yd',1,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','{"cleaning":null,"derived_from":[],"digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","made_at":"2026-01-01T00:00:00Z","number":1,"parts":[{"held_by":"","media":"application/vnd.apache.parquet","path":"a","records":5,"schema":null,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":10}],"run":null}');
INSERT INTO "dataset_version" VALUES('ds_01kdvdna00e2jtqammaqhye1m2',1,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','{"cleaning":null,"derived_from":["ds_01kdvdna00fggt57vfqvc2r1yd@v1"],"digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","made_at":"2026-01-01T00:00:00Z","number":1,"parts":[{"held_by":"","media":"application/vnd.apache.parquet","path":"b","records":5,"schema":null,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":10}],"run":null}');
INSERT INTO "dataset_version" VALUES('ds_01kdvdna00f0qvea5mz914gqht',1,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','{"cleaning":null,"derived_from":["buyer/clean@v1","s3://elsewhere/x","ds_01kdvdna00fggt57vfqvc2r1yd@v1"],"digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","made_at":"2026-01-01T00:00:00Z","number":1,"parts":[{"held_by":"","media":"application/vnd.apache.parquet","path":"c","records":5,"schema":null,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":10}],"run":null}');
CREATE TABLE delivery (id TEXT NOT NULL, dataset TEXT NOT NULL, version INTEGER NOT NULL, contract TEXT, provider TEXT NOT NULL, consumer TEXT NOT NULL, member TEXT NOT NULL, channel TEXT NOT NULL, purpose TEXT NOT NULL, job TEXT, parts TEXT NOT NULL, records INTEGER, bytes INTEGER NOT NULL, charge INTEGER NOT NULL, at_us INTEGER NOT NULL, until_us INTEGER NOT NULL, delete_by_us INTEGER, PRIMARY KEY (id), FOREIGN KEY(dataset) REFERENCES dataset (id), FOREIGN KEY(contract) REFERENCES data_contract (id), FOREIGN KEY(provider) REFERENCES organisation (id), FOREIGN KEY(consumer) REFERENCES organisation (id), FOREIGN KEY(job) REFERENCES job (id)) STRICT;
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
INSERT INTO "identity_document" VALUES('sha256:927fd72f667ad8e6bf47cae6e730796dc106acffe0e0972364cec9d0ed72ca1d','delegation','cn.demo/seller','{"kind":"delegation","payload":{"issuer":"cn.demo","key":"mr5RImTZKmyGKq9A6HZlRc7mWeAf_NTeORnUT3lbk8o","scope":"cn.demo/seller","valid_from":"2026-01-01T00:00:00.008000Z","valid_until":"2027-01-01T00:00:00.008000Z"},"signatures":[{"key":"OUvN7U-KSG39dsghjaAObXOGEzlBjooFZUMvoCW6Jxw","role":"issuer","value":"D0UUh2p7rnojFTsJoiD_NZxatXz9BsJNCTCNNocb3Z95qQP1leXrfVvKqDz7PXFqXxWtZjrjnfQYIRRgfqtaBg"}]}',1767225600008000);
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
INSERT INTO "job" VALUES('job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna01f29s4fr84g98pbsk','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','succeeded',1,'run_01kdvdna0fekq949v6b0f2f8e0','','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":null,"time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767225600014000,1767227400019000,1767227400019000);
INSERT INTO "job" VALUES('job_01kdvfc7tmec1a73yn8y93mwv9','org_01kdvdna01f29s4fr84g98pbsk','member_01kdvdna0df3m8qv6qp0w9hmcg','job','user','placed',1,'run_01kdvfc7tnf42904qg6yv4ss12','booked at north from 2026-01-01T03:30:00.019000Z for 1 h, 1.00 per unit-hour; cancelled after 2026-01-01T02:30:00.019000Z it pays 50 % of that time','booked','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":2,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"interactive":false,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","mounts":[],"name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"preemptible":null,"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","start_at":"2026-01-01T03:30:00.019000Z","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,2000000,1767227400020000,1767227400021000,NULL);
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
INSERT INTO "journal" VALUES(1,1767225600001000,'test','organisation.added','org_01kdvdna01f29s4fr84g98pbsk','org_01kdvdna01f29s4fr84g98pbsk','{"name":"buyer"}','0000000000000000000000000000000000000000000000000000000000000000','cd8bb7d5ec9bcb2d1001ab78a6bebc3e838b31230655e09e6c7909deb6e2d08e');
INSERT INTO "journal" VALUES(2,1767225600002000,'test','ledger.toppedup','org_01kdvdna01f29s4fr84g98pbsk','tx_01kdvdna02f58sv7e9z0c1ht0h','{"amount":"100.00","memo":"paid in"}','cd8bb7d5ec9bcb2d1001ab78a6bebc3e838b31230655e09e6c7909deb6e2d08e','ca9fc8fb3691496490c999a5efbf6715837c84f4bdf5843408410f3dfd51efd2');
INSERT INTO "journal" VALUES(3,1767225600003000,'test','organisation.added','org_01kdvdna03f0fthrjxjg7dj13n','org_01kdvdna03f0fthrjxjg7dj13n','{"name":"seller"}','ca9fc8fb3691496490c999a5efbf6715837c84f4bdf5843408410f3dfd51efd2','e0888330d837b8e182f248e688ff5cc350a7a348377fe7069c3a9563f01f0de6');
INSERT INTO "journal" VALUES(4,1767225600004000,'test','site.declared','org_01kdvdna03f0fthrjxjg7dj13n','site_01kdvdna04e5g8k6agv0vfcxec','{"depth":"schedulable","hub":"gz","name":"north","place":"CN-520100"}','e0888330d837b8e182f248e688ff5cc350a7a348377fe7069c3a9563f01f0de6','8bf57bb8bbeb79e9ed8f235b53b4e58258cd3ddf0bad360a7693b76ed152dd4c');
INSERT INTO "journal" VALUES(5,1767225600005000,'test','site.invited','org_01kdvdna03f0fthrjxjg7dj13n','site_01kdvdna04e5g8k6agv0vfcxec','{"token":"t73fvmdb"}','8bf57bb8bbeb79e9ed8f235b53b4e58258cd3ddf0bad360a7693b76ed152dd4c','fc409b7eeacde3194dd1656fa0ec4ec3959a33420028dc7c9826d59c5b305127');
INSERT INTO "journal" VALUES(6,1767225600007000,'test','resource.reported','org_01kdvdna03f0fthrjxjg7dj13n','res_01kdvdna07fwn9aft8y6g9yxnn','{"name":"pool","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','fc409b7eeacde3194dd1656fa0ec4ec3959a33420028dc7c9826d59c5b305127','2e84bd057475d8823b889f0afa0537f291ebc38ad1887b5164fc81d8d50a8060');
INSERT INTO "journal" VALUES(7,1767225600007000,'test','site.enrolled','org_01kdvdna03f0fthrjxjg7dj13n','site_01kdvdna04e5g8k6agv0vfcxec','{"fingerprint":"0863-388a-f016-547a"}','2e84bd057475d8823b889f0afa0537f291ebc38ad1887b5164fc81d8d50a8060','2d93dd832d05c2bcb81ddff4567b54824985e51aac4c1b476ed7e01b07282ca7');
INSERT INTO "journal" VALUES(8,1767225600008000,'test','site.approved','org_01kdvdna03f0fthrjxjg7dj13n','site_01kdvdna04e5g8k6agv0vfcxec','{"by":"test"}','2d93dd832d05c2bcb81ddff4567b54824985e51aac4c1b476ed7e01b07282ca7','3de5228079bebe2143eeef582b3651d6f3a8c9afe250eeb162d1f6bd4912adba');
INSERT INTO "journal" VALUES(9,1767225600008000,'test','resource.identified','org_01kdvdna03f0fthrjxjg7dj13n','res_01kdvdna07fwn9aft8y6g9yxnn','{"identifier":"cn.demo/seller/CN-520100/general/0001-K","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','3de5228079bebe2143eeef582b3651d6f3a8c9afe250eeb162d1f6bd4912adba','6aa5be36a0305614a81ebed3eb80839946520dabe91026bc090482074a353379');
INSERT INTO "journal" VALUES(10,1767225600009000,'test','site.connected','org_01kdvdna03f0fthrjxjg7dj13n','site_01kdvdna04e5g8k6agv0vfcxec','{"version":"0.1.0"}','6aa5be36a0305614a81ebed3eb80839946520dabe91026bc090482074a353379','1d726ed57fa8f4c44484ccbd4abc8d2885a97145a3b68aee99bd3c7bdf4dfef3');
INSERT INTO "journal" VALUES(11,1767225600011000,'test','certificate.valid','org_01kdvdna03f0fthrjxjg7dj13n','cert_01kdvdna0af5f97f84sw7xcc7h','{"resource":"res_01kdvdna07fwn9aft8y6g9yxnn","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','1d726ed57fa8f4c44484ccbd4abc8d2885a97145a3b68aee99bd3c7bdf4dfef3','3188f708b8c852481ad692f5c9bd1a976bac136714f90672027ad658ea1c0cf8');
INSERT INTO "journal" VALUES(12,1767225600012000,'test','offer.posted','org_01kdvdna03f0fthrjxjg7dj13n','offer_01kdvdna0cfye8scf2khjrspgm','{"price":1000000,"resource":"res_01kdvdna07fwn9aft8y6g9yxnn"}','3188f708b8c852481ad692f5c9bd1a976bac136714f90672027ad658ea1c0cf8','f5d54d31157e24b56cf126f8e2cb5a5c0c0e0d59cc16741ee04780728028ae52');
INSERT INTO "journal" VALUES(13,1767225600013000,'test','member.added','org_01kdvdna01f29s4fr84g98pbsk','member_01kdvdna0df3m8qv6qp0w9hmcg','{"name":"owner","role":"owner"}','f5d54d31157e24b56cf126f8e2cb5a5c0c0e0d59cc16741ee04780728028ae52','4281d772782d6c3c62f10744ea1e2dbef31d10cb603e9735e6cc0722b6e5c45f');
INSERT INTO "journal" VALUES(14,1767225600014000,'test','job.queued','org_01kdvdna01f29s4fr84g98pbsk','job_01kdvdna0eejga45xynqdw95pb','{"name":"job","purpose":"user"}','4281d772782d6c3c62f10744ea1e2dbef31d10cb603e9735e6cc0722b6e5c45f','26b60e1075449d154d27603145e9ab91439a2e98b17c441310395a1f1498b5b7');
INSERT INTO "journal" VALUES(15,1767225600015000,'test','run.assigned','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","price":1000000,"resource":"res_01kdvdna07fwn9aft8y6g9yxnn","round":1,"site":"site_01kdvdna04e5g8k6agv0vfcxec","units":1}','26b60e1075449d154d27603145e9ab91439a2e98b17c441310395a1f1498b5b7','c0ac89498a12c1f43ae220bd369e3967c929971cca39571c6213fbf905c5d04e');
INSERT INTO "journal" VALUES(16,1767225600015000,'test','market.cleared',NULL,'round 1','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','c0ac89498a12c1f43ae220bd369e3967c929971cca39571c6213fbf905c5d04e','6704b86709aef39ec566a7244efdc5d732545a8d16c029b3ea6cc5e867132d6e');
INSERT INTO "journal" VALUES(17,1767225600016000,'test','run.accepted','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','6704b86709aef39ec566a7244efdc5d732545a8d16c029b3ea6cc5e867132d6e','995c5abf8814489e5b31e6ad422800fa96e048285723b370c6f7817251746a67');
INSERT INTO "journal" VALUES(18,1767225600017000,'test','run.running','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','995c5abf8814489e5b31e6ad422800fa96e048285723b370c6f7817251746a67','6e2c914ee61b1b164f410ab3f172141fb07f40a6586efdca7fd0ce202aef0c91');
INSERT INTO "journal" VALUES(19,1767227400018000,'test','run.finishing','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','6e2c914ee61b1b164f410ab3f172141fb07f40a6586efdca7fd0ce202aef0c91','ed546c1788708c92f991b1ed5a0753e7a2e600e5e65a6ed6ca8c454dea0f1c78');
INSERT INTO "journal" VALUES(20,1767227400019000,'test','run.succeeded','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvdna0fekq949v6b0f2f8e0','{"epoch":1,"exit_code":null,"job":"job_01kdvdna0eejga45xynqdw95pb","reason":"","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','ed546c1788708c92f991b1ed5a0753e7a2e600e5e65a6ed6ca8c454dea0f1c78','c46d3ef0a0a78619bbbd65e853544280e22926789f8e3f61e2954c7a8b58d260');
INSERT INTO "journal" VALUES(21,1767227400019000,'test','receipt.issued','org_01kdvdna01f29s4fr84g98pbsk','rcpt_01kdvfc7tkf569mrevw8q485cb','{"amount":"0.50","job":"job_01kdvdna0eejga45xynqdw95pb","run":"run_01kdvdna0fekq949v6b0f2f8e0","site":"site_01kdvdna04e5g8k6agv0vfcxec"}','c46d3ef0a0a78619bbbd65e853544280e22926789f8e3f61e2954c7a8b58d260','6a4d35e263fca196d0ce8c18a921676405cc0a293b39ab3c0e4121b3534b6cf9');
INSERT INTO "journal" VALUES(22,1767227400019000,'test','job.succeeded','org_01kdvdna01f29s4fr84g98pbsk','job_01kdvdna0eejga45xynqdw95pb','{"exit_code":null,"reason":"","run":"run_01kdvdna0fekq949v6b0f2f8e0"}','6a4d35e263fca196d0ce8c18a921676405cc0a293b39ab3c0e4121b3534b6cf9','5631ff39fcc657c507dd9904f6555a1e4afa4b1b055a123f1065bf2ceaa1bb0e');
INSERT INTO "journal" VALUES(23,1767227400020000,'test','job.queued','org_01kdvdna01f29s4fr84g98pbsk','job_01kdvfc7tmec1a73yn8y93mwv9','{"name":"job","purpose":"user"}','5631ff39fcc657c507dd9904f6555a1e4afa4b1b055a123f1065bf2ceaa1bb0e','865807acc312061ad9e16c4db2f078b30f262b32700e2d7f5b699cb080732c2d');
INSERT INTO "journal" VALUES(24,1767227400021000,'test','run.booked','org_01kdvdna01f29s4fr84g98pbsk','run_01kdvfc7tnf42904qg6yv4ss12','{"epoch":1,"job":"job_01kdvfc7tmec1a73yn8y93mwv9","price":1000000,"resource":"res_01kdvdna07fwn9aft8y6g9yxnn","round":2,"site":"site_01kdvdna04e5g8k6agv0vfcxec","units":2}','865807acc312061ad9e16c4db2f078b30f262b32700e2d7f5b699cb080732c2d','51f964725a4f93093460914fffb9e74e705b698f7fa6f4ffe38ff61dc405501e');
INSERT INTO "journal" VALUES(25,1767227400021000,'test','market.cleared',NULL,'round 2','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','51f964725a4f93093460914fffb9e74e705b698f7fa6f4ffe38ff61dc405501e','1854978358f00350678fa9bd62bf7824a48b911751965a737a8b9f4ed0edb120');
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
INSERT INTO "member" VALUES('member_01kdvdna0df3m8qv6qp0w9hmcg','org_01kdvdna01f29s4fr84g98pbsk','owner','owner',1767225600013000,NULL);
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
INSERT INTO "offer" VALUES('offer_01kdvdna0cfye8scf2khjrspgm','res_01kdvdna07fwn9aft8y6g9yxnn','org_01kdvdna03f0fthrjxjg7dj13n','open','cpu','gz',1000000,'{"chip":"cpu","hub":"gz","id":"offer_01kdvdna0cfye8scf2khjrspgm","listing":null,"owner":"org_01kdvdna03f0fthrjxjg7dj13n","price":1000000,"resource":"res_01kdvdna07fwn9aft8y6g9yxnn","spot":false,"state":"open","terms":"","units_max":null,"units_min":1,"window":["2026-01-01T00:00:00.011000Z","2026-01-31T00:00:00.011000Z"]}',1767225600012000);
CREATE TABLE organisation (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
)
 STRICT

;
INSERT INTO "organisation" VALUES('org_01kdvdna01f29s4fr84g98pbsk','buyer',1767225600001000);
INSERT INTO "organisation" VALUES('org_01kdvdna03f0fthrjxjg7dj13n','seller',1767225600003000);
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
INSERT INTO "receipt" VALUES('rcpt_01kdvfc7tkf569mrevw8q485cb','run_01kdvdna0fekq949v6b0f2f8e0','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna01f29s4fr84g98pbsk','site_01kdvdna04e5g8k6agv0vfcxec',500000,'{"kind":"receipt","payload":{"amount":"0.50","currency":"CNY","epoch":1,"job":"job_01kdvdna0eejga45xynqdw95pb","limit":"1.00","lines":[{"amount":"0.50","end":"2026-01-01T00:30:00.018000Z","residue":"1000000000","start":"2026-01-01T00:00:00.017000Z","units":1}],"organisation":"org_01kdvdna01f29s4fr84g98pbsk","price":"1.00","receipt":"rcpt_01kdvfc7tkf569mrevw8q485cb","residue":"1000000000","run":"run_01kdvdna0fekq949v6b0f2f8e0","seller":"org_01kdvdna03f0fthrjxjg7dj13n","site":"site_01kdvdna04e5g8k6agv0vfcxec","site_name":"north","state":"succeeded","unit":"core-hour","waived":[]},"signatures":[{"key":"OUvN7U-KSG39dsghjaAObXOGEzlBjooFZUMvoCW6Jxw","role":"exchange","value":"y0nHWSSq_pTWsL_o5mjEUQUwBjy0SLyOOh8rDFuiB8DPffioLPGm3ui7LHzzZgWLgHdLgec_fM6QV0VmFL82BA"}]}','awaiting-site',1767227400019000,NULL);
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
INSERT INTO "request" VALUES('req_01kdvdna0ef2ja9vf6mhnmscj2','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna01f29s4fr84g98pbsk','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:00:00.014000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdna0ef2ja9vf6mhnmscj2","job":"job_01kdvdna0eejga45xynqdw95pb","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna01f29s4fr84g98pbsk","preemptible":null,"priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvfc7tmf309hw9nt9fnawg3','job_01kdvfc7tmec1a73yn8y93mwv9','org_01kdvdna01f29s4fr84g98pbsk','filled','posted',0,'04fffad62e9454a2',0,'{"arrived_at":"2026-01-01T00:30:00.020000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvfc7tmf309hw9nt9fnawg3","job":"job_01kdvfc7tmec1a73yn8y93mwv9","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":2,"cpus_exact":false,"disk_bytes":2000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":1024000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna01f29s4fr84g98pbsk","preemptible":null,"priority":0,"run_before":null,"start_at":"2026-01-01T03:30:00.019000Z","state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
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
INSERT INTO "resource" VALUES('res_01kdvdna07fwn9aft8y6g9yxnn','site_01kdvdna04e5g8k6agv0vfcxec','pool','general','cpu',0,'sandbox','[{"accelerators":0,"cpus":2,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m0"},{"accelerators":0,"cpus":2,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m1"}]','sha256:dc365e79d41cfae1c3c0d969319ae62165b81b1815a86c32bbc6c64cbdf2311b','{"cpus":4,"memory_bytes":137438953472,"simulated_machines":true}','cn.demo/seller/CN-520100/general/0001-K','{"kind":"descriptor","payload":{"available":{"accelerators":0,"at":"2026-01-01T00:00:00.011000Z","cpus":4,"disk_bytes":429496729600,"machines":2,"memory_bytes":137438953472},"certificate":"cert_01kdvdna0af5f97f84sw7xcc7h","chip":"cpu","hardware":{"simulated_machines":true},"hub":"gz","identifier":"cn.demo/seller/CN-520100/general/0001-K","isolation":"sandbox","metrics":[{"density":"dense","name":"throughput_per_unit","source":"directly measured","statistics":"mean","unit":"MFLOP/s","value":1000},{"name":"latency_to_exchange","source":"directly measured","statistics":"mean","unit":"us","value":1000}],"offers":"/v1/offers?chip=cpu&hub=gz","sequence":1767225600011,"site":"north","status":"active","total":{"accelerators":0,"cpus":4,"disk_bytes":429496729600,"machines":2,"memory_bytes":137438953472},"valid_from":"2026-01-01T00:00:00.011000Z","valid_until":"2026-04-01T00:00:00.011000Z"},"signatures":[{"key":"mr5RImTZKmyGKq9A6HZlRc7mWeAf_NTeORnUT3lbk8o","role":"owner","value":"Dy0TNvbHAYM0C1qHT5SGKBzotpW7LaCiqxxQ24ijUJ2BlGFLfdGSFTAcyclBHEPf7hdhpW_ONipCHpIS1aORBA"}]}','cert_01kdvdna0af5f97f84sw7xcc7h',1000,1000,1769817600010000,'active',1767225600011000);
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
INSERT INTO "round" VALUES(1,'posted-price',1767225600015000,NULL,X'789CD5564B93A33610FE2F3A7B7604C6F871CD315539E5B45B53942C3558062456123664CAFF3D2D2106BC95CDEE1E724895CB8656AB9FDFD7ED77C21C399194A6F90B4DF0F327A5A7F0F944931DA5F433D910CE3AC6A59360C9E99D18B0054D6A71138AD17D79574756BAC39857C77150CA6BB0A6D1771085361553D23227B5C2AB5FDED0D44576E88F773D995E8A165A6DC6E23C3A6F9EA2542B05DC812027677AD810014AA2B5AE379DB6100D09E8DC052D597E01D137ECDC005ABCF46794557FE1A3C46B4E96128CF7A73E09F4F36AA169C0BCFEF6C7CB2EA509A5AF152830AC79C54C9397DFFD3555B4CCD4E066EFD2EA2664E09D3125CE7A40351481E263D163386807C36E19A6A342785801CE011D31A74D4CAAF39A29C62D6D3D279B26D93E3B6CF3EC100C3C15223FEC9363B6CFF7DB7C43146B01DDB7943C36FF99F1843CDE96340AA71D6BFEE7C9E8BB0AED47202E90DD96B47417731DAED55E5C93AD2251B1E8957453105DC3B8B7F30114D441DC83B9792082E188ADA08842DD9BA0FB035E6C10AADAC00C172B9DBFE47F965B19ECAA439DB3EA466F251F809349B18869296D10F428738CD791468F07865F966026E43D11EC890EBE0E5E6F71C7CB110E9697697DB91ADB55AD07B6B44EAA8A9C54DF34BF50C1CE481E930BF9FD52613A8DD52C596321E4162AA33BF0670E4C8B99117C0CED41760E73705120919AC986DCA512FA8E45F8CE344BE2349B4FB7FF70FAE651D33183E576A1A2EF0F9FCAD71EAC8BCC36467A10FCCBD8CCA223014C34C8A5395C18BA30D7C2D0D8E694CEB50ABD412F4B95A04CAFEC782BF3F6A25ACBAF299ABB6ADF4CFC5EA9C1B562D96E18D557713FEEBA33F1041E8AD88CC9AD174432478116BEC0384CFD9045CE00083BCD6D4C5AE1B0BB7D778CFDC4F80EFC4DA6870206C697DEAE299DD0A50088D338D67DB017044E33161CE3FB08F9C9CB2E49E79BF1E0D94D606F346898AA435C9E4751D65B285698F33DE760C2B258960E732CD06EDE37FE7D6D1806DEF402BBB932BCE4F1B1352678AE36C7B2279229DDF52A99B255E0EEDAD481F0CAAFB5B5DFB8063D253CF3572BF65B9A26657AB459690E59753C74675B079A02B49D937E5D466F08166DA41BA779D6ABE20C651854D3F1B77CC4825A3F45968E7B1A4E902BF09FC274CFD7D4E85E7964E32CFE1B48F7B838',X'789C9550D16E83300CFC173FF3004CA2855F992A9486044289C3E2849555FCFB1CD4896A4F9B9F2E17DB77BE07CCDE4845D0BC3F400E668606E41C2183215E19F75F0C0DB94904E3900912D85DDD9D592B7C6F504C4C3AAD956FF3E2D62D1D8A5CEA559D49EAF2368C9EE6DE72F72E034D91EF9541441358B5D82E1978A523892999E0170DC23F0D09EB228697A95DE86F8249A08DBCE7ADCA9F95B48217DDCFF629288F7CD8C2C678B974145AA62C7F7318CECE311C96B774312784FB34D81C2EFFF2F33B00AF3EA2223E2EA16354E97214F5A22B3BA0253996905AC9459FA6133C7A4FFA136BA1C379ADFA7ABD23C26BAEDB37B5BB9D48','sha256:bc9e023815ed935d71ddd00401433e84f4db4757b07a4b610d9de0e81af9f137','sha256:17d2117807c5eeedbf7054020fa9cd41815a3fea9cbf0ce63ee0747289c2e42c',1,0);
INSERT INTO "round" VALUES(2,'posted-price',1767227400021000,NULL,X'789CD5564B93A33610FE2F3A7B76C4636CF035C754E594535253942C1A2C03129184819DF27FDF9610833D93D4EE1EF6902A970DAD563FBFFEDA6F84597224318DF74F34C2CF9F343926F448E9171AE594D2BFC88E70D6332EAC00438E6F44832968D494D752327AA84699B3CA66F3BECEE7494AA7C1DA568D50164AD74C0AC3AC5012AFFEFD8AA6CEA2477FBC1FC8F25274D0293D17A7D93AF314A54A4AE0164A72B47A801D29410AB4D60FBA570682A1127A7B464B869FA11C5A766A012D9E8713CAEAAFF828F09A159500EDFCC92F25FA7936D0B6A09F7FFBE3E925A611A5CF3548D0AC7DC64CA3A7DFDD3559744C376057EFC2A8D667E09C31599ED4846A2802C9E762C070D00E86DD314C47FAF0B0029C033A6256E99054EF34638C5B98664D368ED2439A25FB34F3061E0AB1CF0E519E1EF68764BF23927580EE3B4A6EBB5F663C22B7D72D8DC22ACBDAFF79326A94BEFD08C40DB249452B7BD697E9521FCA4B944812148B410ABB04D1B78C3B3BEF40411DC43DE8AB0322688ED8F28A285483F6BADF998B1D42556958E162847597DCCF762B85973A6BF6ACBED26BC527E064512C425A5269043DCA2CE34D18A3DB0DC3AF2AD00BF21E06EC611C5C1D9CDEE68E57336486577173BE68D3D79D03B63056C89A1CE5D0B63F51C15E0B1E92F3F9FD54617A85D5AC586BC0E7E62BA37A706716748799117CF4EDC1E99CD6E08240E068463B320A59AA118BF0C0668ECA16368B029BADA7C9BF9CBE3AD4F44C63B9ADAFE81B3929D5F882BC914AABEEBB643920EBB41FB4D263F272AFE57AA6E19F018C0D7CA1B570D0FA44C674B51FD360BF0456B638A16B1160EA3D5B7A2A4AF694AE1DF01D472F4BED2B7EB05D95D0FC3CE6D2E69564639DA0B98B7210C1EF3B35E0113B24B3CCE63CE9C66B4E1C2D4C4568F1E2D609024504812A5DDB90A21D75E324029466D906584A89147AFD4F72FC81A5B0B2827B2860627C43CC0351D0AD0088FEB02C5CB06784633B171CE37B0FF9C14B44E374BD1A4E1EFD7852081635938D0FCC8D67900D068A3B283B2871D07E076DBB8C59E6A7795D63EEFDDE304CBC1D4A6CE79DE12D91F765B4A0FE6E216DEB275AF2BDDF504BBA12ECA874E37944BA6D79EF376C5737698E50EE36F7C7E98FAA383769A5B3B4CEB3FE641A3FFD005D6F85DBC2C11BA2456961E7852607599CA0F2FCB71CE3986BFB19EF9FE7E9231F60E58D63B10D1B8E06167016F84F6571E08AAFD520DD0CC4E4F60DF4B5D698',X'789C9550CB6E833010FC973D737012A9047EA58AD0C6D8E004AFA91F2124E2DFBBA6495AF5D4721AC63B3BB37387D11BA902D4EF7790BD19A106392628A04F47C6DD8DA1096EC0681C311190DAA3BB326BD177867060D269AD7C2336E7F6D2120AA967B50F526FCFFDC987B1B33CBDDA40BD11EB57402213D975BB1C0AF04AA780430EC17FA147FF0884D6258A3CF554AD467F33CC064DE23DE5432D44F68A1EDBE7F6212A4F7CD88583F172E9426C98B2FCCC65383BA6A85EE64BBE981BA2550D56C0E15F797E17E0D54752818FCBE84BAA6519ADDE89AA9F2A8A95269CBA1DE4D1E092CFEA0CBF6D4A3D51853AEEE7B7AE9AAF44F0B3D7E513A8F99D10','sha256:c9f38f7e6d8da50c46ad67dbd14e0c853462cabe23a0549b2203c8d8ecba7daa','sha256:44b8d3086f83bcb3a385fc892a3563d8dc7475a49fddb25404428c0cb1c735f3',1,0);
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
INSERT INTO "run" VALUES('run_01kdvdna0fekq949v6b0f2f8e0','job_01kdvdna0eejga45xynqdw95pb','org_01kdvdna01f29s4fr84g98pbsk',1,'site_01kdvdna04e5g8k6agv0vfcxec','res_01kdvdna07fwn9aft8y6g9yxnn','trade_01kdvdna0ffbns1vd85y7pt1ar','succeeded','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"image":null,"interactive":false,"isolation":"sandbox","job":"job_01kdvdna0eejga45xynqdw95pb","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna01f29s4fr84g98pbsk","outputs":[],"run":"run_01kdvdna0fekq949v6b0f2f8e0","secret_names":[],"setup":"","site":"site_01kdvdna04e5g8k6agv0vfcxec","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null,"variant":""}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767225600015000,1767225600016000,1767225600017000,1767227400018000,1767227400019000,NULL,NULL,'','',0,0,NULL,0,NULL,'[]',NULL,NULL,NULL);
INSERT INTO "run" VALUES('run_01kdvfc7tnf42904qg6yv4ss12','job_01kdvfc7tmec1a73yn8y93mwv9','org_01kdvdna01f29s4fr84g98pbsk',1,'site_01kdvdna04e5g8k6agv0vfcxec','res_01kdvdna07fwn9aft8y6g9yxnn','trade_01kdvfc7tned59wxv9p47m41dm','assigned','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"image":null,"interactive":false,"isolation":"sandbox","job":"job_01kdvfc7tmec1a73yn8y93mwv9","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"mounts":[],"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna01f29s4fr84g98pbsk","outputs":[],"run":"run_01kdvfc7tnf42904qg6yv4ss12","secret_names":[],"setup":"","site":"site_01kdvdna04e5g8k6agv0vfcxec","tasks":[{"accelerators":0,"cpus":2,"disk_bytes":2000000000,"machine":"m0","memory_bytes":1024000000,"rank":0}],"time_limit_us":3600000000,"variant":""}','[["m0",2,1024000000,2000000000,0]]','core-hour',2,1000000,0,NULL,1767227400021000,NULL,NULL,NULL,NULL,NULL,NULL,'','',0,0,NULL,0,NULL,'[]',1767241800019000,1767238200019000,'{"ends_us":1767241800019000,"late_percent":50,"notice_us":3600000000}');
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
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',2,'finish',1767227400018000,'{"at":"2026-01-01T00:30:00.017000Z","cpu_us":0,"detail":"","event":"finish","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvdna0fekq949v6b0f2f8e0',3,'succeed',1767227400019000,'{"at":"2026-01-01T00:30:00.018000Z","cpu_us":0,"detail":"","event":"succeed","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":3}');
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "setting" VALUES('schema_version','4');
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
INSERT INTO "site" VALUES('site_01kdvdna04e5g8k6agv0vfcxec','north','org_01kdvdna03f0fthrjxjg7dj13n','gz','CN-520100','schedulable','active','{}','sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0','dc365e79d41cfae1c3c0d969319ae621','[]','0.1.0','{}','sha256:0000000000000000000000000000000000000000000000000000000000000000',1767225600009000,1767225600004000,'');
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
INSERT INTO "token" VALUES('t73fvmdb','enrol',NULL,'site_01kdvdna04e5g8k6agv0vfcxec','','b1ac311f9d4e05fee8c54ad67335220f1ae742d97967cca912d1e2fc8b89bcd8',1767225600005000,1767229200005000,1767225600007000,'sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0',NULL,'237cb11f5d108cf25930263938b370a1');
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
INSERT INTO "trade" VALUES('trade_01kdvdna0ffbns1vd85y7pt1ar',1,'req_01kdvdna0ef2ja9vf6mhnmscj2','job_01kdvdna0eejga45xynqdw95pb','offer_01kdvdna0cfye8scf2khjrspgm','res_01kdvdna07fwn9aft8y6g9yxnn',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0cfye8scf2khjrspgm","price":1000000,"request":"req_01kdvdna0ef2ja9vf6mhnmscj2","resource":"res_01kdvdna07fwn9aft8y6g9yxnn","units":1}',1767225600015000);
INSERT INTO "trade" VALUES('trade_01kdvfc7tned59wxv9p47m41dm',2,'req_01kdvfc7tmf309hw9nt9fnawg3','job_01kdvfc7tmec1a73yn8y93mwv9','offer_01kdvdna0cfye8scf2khjrspgm','res_01kdvdna07fwn9aft8y6g9yxnn',2,1000000,'{"alternative":0,"cost_terms":{"compute":2000000},"machines":["m0"],"offer":"offer_01kdvdna0cfye8scf2khjrspgm","price":1000000,"request":"req_01kdvfc7tmf309hw9nt9fnawg3","resource":"res_01kdvdna07fwn9aft8y6g9yxnn","units":2}',1767227400021000);
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
INSERT INTO "transfer" VALUES(1,'tx_01kdvdna02f58sv7e9z0c1ht0h','cash','org:org_01kdvdna01f29s4fr84g98pbsk:balance',100000000,'deposit',NULL,NULL,'{"amount":"100000000","at":"2026-01-01T00:00:00.002000Z","credit":"org:org_01kdvdna01f29s4fr84g98pbsk:balance","debit":"cash","id":"tx_01kdvdna02f58sv7e9z0c1ht0h","job":null,"kind":"deposit","memo":"paid in","pending":null,"receipt":null,"run":null}',1767225600002000,'0000000000000000000000000000000000000000000000000000000000000000','eb5f21e98315a22deca596a384b4ad4a62a0d5323c472aa2d22d66478b6ae223');
INSERT INTO "transfer" VALUES(2,'tx_cz18p8vbttrba9b9k0y1x09x7v','org:org_01kdvdna01f29s4fr84g98pbsk:balance','org:org_01kdvdna03f0fthrjxjg7dj13n:earnings',1000000,'hold',NULL,'job_01kdvdna0eejga45xynqdw95pb','{"amount":"1000000","at":"2026-01-01T00:00:00.015000Z","credit":"org:org_01kdvdna03f0fthrjxjg7dj13n:earnings","debit":"org:org_01kdvdna01f29s4fr84g98pbsk:balance","id":"tx_cz18p8vbttrba9b9k0y1x09x7v","job":"job_01kdvdna0eejga45xynqdw95pb","kind":"hold","memo":"held for run_01kdvdna0fekq949v6b0f2f8e0","pending":null,"receipt":null,"run":"run_01kdvdna0fekq949v6b0f2f8e0"}',1767225600015000,'eb5f21e98315a22deca596a384b4ad4a62a0d5323c472aa2d22d66478b6ae223','8941b9090ea929b0fbb4516705267db0a160d23c27976e9f58af5c6a82806a6c');
INSERT INTO "transfer" VALUES(3,'tx_ckqf7mfk89rpfw8f56p1xb1aaz','org:org_01kdvdna01f29s4fr84g98pbsk:balance','org:org_01kdvdna03f0fthrjxjg7dj13n:earnings',500000,'post','tx_cz18p8vbttrba9b9k0y1x09x7v','job_01kdvdna0eejga45xynqdw95pb','{"amount":"500000","at":"2026-01-01T00:30:00.019000Z","credit":"org:org_01kdvdna03f0fthrjxjg7dj13n:earnings","debit":"org:org_01kdvdna01f29s4fr84g98pbsk:balance","id":"tx_ckqf7mfk89rpfw8f56p1xb1aaz","job":"job_01kdvdna0eejga45xynqdw95pb","kind":"post","memo":"receipt rcpt_01kdvfc7tkf569mrevw8q485cb","pending":"tx_cz18p8vbttrba9b9k0y1x09x7v","receipt":"rcpt_01kdvfc7tkf569mrevw8q485cb","run":"run_01kdvdna0fekq949v6b0f2f8e0"}',1767227400019000,'8941b9090ea929b0fbb4516705267db0a160d23c27976e9f58af5c6a82806a6c','25d8967e847b23f23e50d1b989a1e005dff8b8a74dfe663d01499f7826d75ec9');
INSERT INTO "transfer" VALUES(4,'tx_t3pn1jks2h8vkcr01n3sqdj2mg','org:org_01kdvdna01f29s4fr84g98pbsk:balance','org:org_01kdvdna03f0fthrjxjg7dj13n:earnings',2000000,'hold',NULL,'job_01kdvfc7tmec1a73yn8y93mwv9','{"amount":"2000000","at":"2026-01-01T00:30:00.021000Z","credit":"org:org_01kdvdna03f0fthrjxjg7dj13n:earnings","debit":"org:org_01kdvdna01f29s4fr84g98pbsk:balance","id":"tx_t3pn1jks2h8vkcr01n3sqdj2mg","job":"job_01kdvfc7tmec1a73yn8y93mwv9","kind":"hold","memo":"held for run_01kdvfc7tnf42904qg6yv4ss12","pending":null,"receipt":null,"run":"run_01kdvfc7tnf42904qg6yv4ss12"}',1767227400021000,'25d8967e847b23f23e50d1b989a1e005dff8b8a74dfe663d01499f7826d75ec9','d618c02da657b91a3460e35c7f61064ac437b6e9476abcca7089624fb96ecd4c');
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
CREATE INDEX transfer_debit ON transfer (debit, seq);
CREATE INDEX transfer_job ON transfer (job);
CREATE INDEX transfer_pending ON transfer (pending_id);
CREATE INDEX transfer_credit ON transfer (credit, seq);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE INDEX journal_organisation ON journal (organisation, seq);
CREATE INDEX voucher_holder ON voucher (holder);
CREATE INDEX token_member ON token (member);
CREATE INDEX job_after ON job ("after");
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_organisation ON job (organisation, id);
CREATE INDEX job_organisation_state ON job (organisation, state, id);
CREATE INDEX challenge_job ON challenge (job);
CREATE INDEX certificate_resource ON certificate (resource);
CREATE INDEX offer_organisation ON offer (organisation, id);
CREATE INDEX offer_state ON offer (state, id);
CREATE INDEX bank_deposit_organisation ON bank_deposit (organisation, id);
CREATE INDEX bank_deposit_state ON bank_deposit (state, id);
CREATE INDEX tes_task_of ON tes_task (organisation, job);
CREATE INDEX run_state ON run (state);
CREATE INDEX run_site_state ON run (site, state);
CREATE INDEX receipt_site_state ON receipt (site, state);
CREATE INDEX receipt_created ON receipt (created_us);
CREATE INDEX receipt_job ON receipt (job);
CREATE INDEX receipt_organisation ON receipt (organisation, id);
CREATE INDEX data_contract_consumer ON data_contract (consumer, dataset);
CREATE INDEX data_contract_provider ON data_contract (provider, id);
CREATE INDEX data_contract_state ON data_contract (state, until_us);
CREATE INDEX delivery_consumer ON delivery (consumer, dataset, id);
CREATE INDEX delivery_provider ON delivery (provider, id);
CREATE INDEX delivery_job ON delivery (job);
CREATE INDEX delivery_contract ON delivery (contract, until_us);
CREATE INDEX data_use_contract ON data_use (contract);
COMMIT;
