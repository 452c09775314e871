package dev.ringback.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.TimeUnit;

/** Who may know whom, and the names and calls that are not wanted. */
@AnalyzeClasses(packages = "dev.ringback", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule hubKnowsNoTransportAndNoWireFormat = noClasses()
            .that()
            .resideInAPackage("..gateway.hub..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "..gateway.listen..", "..gateway.http..", "..gateway.stream..", "io.netty.handler.codec.."));

    @ArchTest
    static final ArchRule hubKnowsNoRedis = noClasses()
            .that()
            .resideInAPackage("..gateway.hub..")
            .should()
            .dependOnClassesThat(resideInAPackage("..gateway..")
                    .and(simpleNameStartingWith("Redis"))
                    .or(resideInAPackage("io.lettuce..")));

    @ArchTest
    static final ArchRule streamsWriteThroughTheirOwnInterface = noClasses()
            .that()
            .resideInAPackage("..gateway.stream..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.netty.channel.Channel");

    @ArchTest
    static final ArchRule protocolDoesNotKnowTheGateway = noClasses()
            .that()
            .resideInAPackage("dev.ringback.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ringback.gateway..");

    /** Its files are copied into other projects. */
    @ArchTest
    static final ArchRule workerNeedsNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.ringback.worker..")
            .and()
            .doNotHaveSimpleName("package-info")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.ringback.worker..");

    /** The root package wires the others together, and only it may know them all. */
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.ringback.gateway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?");

    @ArchTest
    static final ArchRule loggingGoesThroughSlf4j =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    /** Tests included: they wait for a condition, or move the time they passed in. */
    @ArchTest
    static void nobodySleeps(JavaClasses main) {
        ArchRule rule = noClasses()
                .should()
                .callMethodWhere(target(describe(
                        "a sleep",
                        (AccessTarget.CodeUnitCallTarget call) -> call.getName().equals("sleep")
                                && (call.getOwner().isAssignableTo(Thread.class)
                                        || call.getOwner().isAssignableTo(TimeUnit.class)))));
        rule.check(main);
        rule.check(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                .importPackages("dev.ringback"));
    }
}
